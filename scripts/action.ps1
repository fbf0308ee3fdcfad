# What the actions run on Windows, in the PowerShell that every Windows has: finds the right gatewright and runs it; with
# "setup" puts it on the path of later steps instead. Elsewhere action.sh does the same.
param([string]$Task = 'action')
$ErrorActionPreference = 'Stop'

function Stop-Step([string]$Text) {
  Write-Output "::error title=Gatewright::$Text"
  exit 2
}

$action = Split-Path -Parent $PSScriptRoot
$temp = if ($env:RUNNER_TEMP) { $env:RUNNER_TEMP } else { [IO.Path]::GetTempPath() }
$cache = Join-Path $(if ($env:RUNNER_TOOL_CACHE) { $env:RUNNER_TOOL_CACHE } else { $temp }) 'gatewright'
try { New-Item -ItemType Directory -Force -Path $cache | Out-Null } catch { $cache = Join-Path $temp 'gatewright' }
$workspace = if ($env:GITHUB_WORKSPACE) { $env:GITHUB_WORKSPACE.TrimEnd('\') + '\' } else { '' }

if ($env:INPUT_GATEWRIGHT_BINARY) {
  # Brought along by the job: an air-gapped runner, or a build of one's own.
  $gatewright = $env:INPUT_GATEWRIGHT_BINARY
  if (-not (Test-Path -LiteralPath $gatewright -PathType Leaf)) { Stop-Step "gatewright-binary names $gatewright, which is no program" }
  # A name without a folder would be looked for in PATH.
  $gatewright = (Resolve-Path -LiteralPath $gatewright).ProviderPath
} elseif ($workspace -and "$action\".StartsWith($workspace, 'OrdinalIgnoreCase') -and (Test-Path -LiteralPath (Join-Path $action 'go.mod'))) {
  # uses: ./ in this project's own checkout: run what is checked out.
  $gatewright = Join-Path $cache 'checkout\gatewright.exe'
  Push-Location $action
  go build -trimpath -o $gatewright ./cmd/gatewright
  $code = $LASTEXITCODE
  Pop-Location
  if ($code) { Stop-Step 'uses: ./ builds gatewright from the checkout and needs Go; add actions/setup-go' }
} else {
  if ($env:INPUT_DOWNLOAD_URL) { $env:GATEWRIGHT_DOWNLOAD_URL = $env:INPUT_DOWNLOAD_URL }
  try {
    $gatewright = & (Join-Path $PSScriptRoot 'install.ps1') -Cache $cache | Select-Object -Last 1
  } catch {
    Write-Output "$_"
    Stop-Step 'gatewright could not be installed, see above; gatewright-binary names one that is there already'
  }
}

if ($Task -eq 'setup') {
  & $gatewright --version | Out-Null
  if ($LASTEXITCODE) { Stop-Step "$gatewright does not run here" }
  [IO.File]::AppendAllText($env:GITHUB_PATH, (Split-Path -Parent $gatewright) + "`n")
} else {
  & $gatewright action
}
exit $LASTEXITCODE
