package lcov

import (
	"encoding/binary"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// plainRecord is what the longest plain record takes, whose numbers have seven
// digits at most, and the eight bytes that its last number is loaded by.
const plainRecord = 48

// plainRecords reads those records of lines and branches that are nothing but
// small numbers, which nearly all of them are. Anything else, and the last
// records of what has been read ahead, are left to record.
type plainRecords struct {
	widths      widths
	wait, pause int // where few records are plain, they are looked for less often
}

// read reads plain records as long as they follow each other.
func (r *plainRecords) read(file *coverage.File, in *scan.Lines) {
	data := in.Ahead()
	if !mayBePlain(data) {
		return
	}
	if r.wait > 0 {
		r.wait--
		return
	}
	passed, records := r.fill(file, data)
	in.Skip(passed, records)
	r.pause = min(2*r.pause+1, 15)
	if records > 0 {
		r.pause = 0
	}
	r.wait = r.pause
}

// mayBePlain reports whether a plain record may come next.
func mayBePlain(data []byte) bool {
	return len(data) >= plainRecord && (data[0] == 'D' || data[0] == 'B')
}

// fill adds plain records to the file, and returns how many bytes and records that
// were.
func (r *plainRecords) fill(file *coverage.File, data []byte) (passed, records int) {
	var places coverage.Places
	for more := true; more; {
		file.Places(&places, data[passed] == 'B')
		lines, branches := 0, 0
		for {
			p, n := r.widths.lines(data[passed:], places.Lines[lines:], places.Hits[lines:])
			q, m := r.widths.branches(data[passed+p:], places.Branches[branches:], places.Taken[branches:])
			passed, lines, branches = passed+p+q, lines+n, branches+m
			if m == 0 {
				break
			}
		}
		file.Fill(lines, branches)
		records += lines + branches
		// It may have been nothing but a place that was missing.
		more = lines+branches > 0 && mayBePlain(data[passed:])
	}
	return passed, records
}

// widths are how many digits the numbers of the record before had. They change
// seldom, so that expecting the same is right nearly always, and the processor
// need not wait for one number to know where the next begins.
type widths struct{ line, block, branch int }

// lines reads records like DA:12,3 into the places, and returns how many bytes
// and places that were.
func (w *widths) lines(data []byte, lines, hits []uint32) (p, n int) {
	hits = hits[:len(lines)]
	wide := max(w.line&7, 1)
	for last := len(data) - plainRecord; p <= last && n < len(lines); {
		b := data[p : p+plainRecord : p+plainRecord]
		if binary.LittleEndian.Uint32(b)&0xffffff != 'D'|'A'<<8|':'<<16 {
			break
		}
		x := binary.LittleEndian.Uint64(b[3:])
		if !scan.IsWide(x, wide) {
			digits := scan.Digits(x) & 7
			if digits == 0 {
				break
			}
			wide = digits
			continue
		}
		y := binary.LittleEndian.Uint64(b[4+wide:])
		end := scan.Digits(y)
		line := scan.Decimal(x, wide)
		if b[3+wide] != ',' || end&7 == 0 || line == 0 {
			break
		}
		lines[n], hits[n] = uint32(line), uint32(scan.Decimal(y, end))
		if end += 4 + wide; b[end] != '\n' {
			if b[end] != '\r' || b[end+1] != '\n' {
				break
			}
			end++
		}
		n++
		p += end + 1
	}
	w.line = wide
	return p, n
}

// branches reads records like BRDA:12,0,1,3 as lines does.
func (w *widths) branches(data []byte, keys []uint64, taken []uint32) (p, n int) {
	taken = taken[:len(keys)]
	for last := len(data) - plainRecord; p <= last && n < len(keys); {
		b := data[p : p+plainRecord : p+plainRecord]
		if binary.LittleEndian.Uint64(b)&0xffffffffff != 'B'|'R'<<8|'D'<<16|'A'<<24|':'<<32 {
			break
		}
		line, at, ok := scan.Expect(b, 5, &w.line, ',')
		block, at, ok2 := scan.Expect(b, at, &w.block, ',')
		branch, at, ok3 := scan.Expect(b, at, &w.branch, ',')
		if !ok || !ok2 || !ok3 || line == 0 || block >= 1<<15 || branch >= 1<<16 {
			break
		}
		count, end, ok := scan.Number(b, at, '\n')
		if !ok {
			if b[at] == '-' { // never reached
				count, end = 0, at+2
			} else if count, end, ok = scan.Number(b, at, '\r'); !ok {
				break
			}
			if b[end-1] == '\r' {
				end++
			}
			if b[end-1] != '\n' {
				break
			}
		}
		keys[n], taken[n] = coverage.BranchKey(uint32(line), uint32(block)<<16|uint32(branch)), uint32(count)
		n++
		p += end
	}
	return p, n
}
