# Installs the gatewright that this very file names, after checking it against the checksums this very file holds.
#
#   install.ps1 [-To DIR | -Cache DIR]
#
# DIR is where the program goes, %LOCALAPPDATA%\Programs\gatewright if left out; in a cache each version has a folder of
# its own below DIR. The file it was put in is the output.
# GATEWRIGHT_DOWNLOAD_URL names a mirror of the release page. What cannot be verified is not installed.
param([string]$To, [string]$Cache)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# pins: begin
$version = ''
$sums = ''
# pins: end

function Get-Expected([string]$Name) {
  foreach ($line in $sums -split "`r?`n") {
    $sum, $file = $line -split '  ', 2
    if ($file -eq $Name) { return $sum }
  }
  throw "release $version has no $Name"
}

function Get-Sum([string]$Path) { (Get-FileHash -Algorithm SHA256 -LiteralPath $Path).Hash.ToLowerInvariant() }

if (-not $version) { throw 'this copy names no release; take install.ps1 from a release page' }
# The process may be 32-bit or emulated; PROCESSOR_ARCHITEW6432 is then the machine's own.
$machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
$arch = switch ($machine) {
  'AMD64' { 'amd64' }
  'ARM64' { 'arm64' }
  default { throw "no release for $machine; known: AMD64, ARM64" }
}
$name = "gatewright_windows_$arch"
if ($PSBoundParameters.ContainsKey('To') -and -not $To) { throw '-To needs a folder' }
if ($Cache) { $To = Join-Path $Cache "$version\$arch" }
if (-not $To) { $To = Join-Path $env:LOCALAPPDATA 'Programs\gatewright' }
$binarySum = Get-Expected "$name.exe"
$archiveSum = Get-Expected "$name.zip"
$target = Join-Path $To 'gatewright.exe'
if (Test-Path -LiteralPath $target -PathType Container) { throw "$target is a folder: name another with -To" }
if ((Test-Path -LiteralPath $target) -and (Get-Sum $target) -eq $binarySum) { return $target }

$base = if ($env:GATEWRIGHT_DOWNLOAD_URL) { $env:GATEWRIGHT_DOWNLOAD_URL } else { 'https://github.com/gatewright/gatewright/releases/download' }
if ($base -match '://[^/?#]*[/?#].*@') { throw 'an @ stands behind the host of GATEWRIGHT_DOWNLOAD_URL: write / in a password as %2F, ? as %3F, # as %23; in a path @ as %40' }
$url = "$base/v$version/$name.zip"
$shown = $url -replace '://.*@', '://...@'
# Beside the target, so that the last move stays on its drive.
$tmp = Join-Path $To ".gatewright.$([Guid]::NewGuid())"
New-Item -ItemType Directory -Force -Path $tmp | Out-Null
try {
  [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
  $archive = Join-Path $tmp 'gatewright.zip'
  try { Invoke-WebRequest -UseBasicParsing -TimeoutSec 300 -Uri $url -OutFile $archive } catch {
    throw "cannot download ${shown}: $($_.Exception.Message -replace '://.*@', '://...@')"
  }
  $got = Get-Sum $archive
  if ($got -ne $archiveSum) { throw "$shown has SHA-256 $got, but release $version has ${archiveSum}: not installed" }
  Expand-Archive -LiteralPath $archive -DestinationPath $tmp
  $program = Join-Path $tmp 'gatewright.exe'
  $got = Get-Sum $program
  if ($got -ne $binarySum) { throw "the program in $shown has SHA-256 $got, not ${binarySum}: not installed" }
  Move-Item -Force -LiteralPath $program -Destination $target
} finally {
  Remove-Item -Recurse -Force -LiteralPath $tmp
}
$target
