package summary

import (
	"fmt"
	"html"
	"strings"
)

// trendSVG draws the stored totals as a line, with its first and last value in
// words. Fewer than two points are no line, and give "".
func trendSVG(points []Point) string {
	if len(points) < 2 {
		return ""
	}
	points = points[max(0, len(points)-200):]
	const width, height, left, bottom = 600.0, 120.0, 45.0, 20.0
	low, high := points[0].Value, points[0].Value
	for _, p := range points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	x := func(i int) float64 { return left + float64(i)*(width-left-10)/float64(len(points)-1) }
	y := func(v float64) float64 { return 10 + (high-v)*(height-bottom-10)/max(high-low, 1) }
	var line strings.Builder
	for i, p := range points {
		fmt.Fprintf(&line, "%.1f,%.1f ", x(i), y(p.Value))
	}
	first, last := points[0], points[len(points)-1]
	said := html.EscapeString(fmt.Sprintf("Line coverage went from %.1f %% (%s) to %.1f %% (%s)", first.Value, Plain(first.Label, 30), last.Value, Plain(last.Label, 30)))
	lowest := ""
	if y(low) > y(high)+12 { // else the two would stand on each other
		lowest = fmt.Sprintf(`<text x="0" y="%.1f">%.1f %%</text>`, y(low)+4, low)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 120" width="600" role="img" aria-label="%[1]s" font-family="sans-serif" font-size="11" fill="currentColor">
<title>%[1]s</title><text x="0" y="%.1[2]f">%.1[3]f %%</text>%[4]s
<polyline fill="none" stroke="currentColor" stroke-width="2" points="%[5]s"/><circle cx="%.1[6]f" cy="%.1[7]f" r="3.5"/></svg>
<p class="dim">%[1]s.</p>`, said, y(high)+4, high, lowest, strings.TrimSpace(line.String()), x(len(points)-1), y(last.Value))
}
