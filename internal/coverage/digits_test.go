package coverage

import (
	"math/rand/v2"
	"testing"
)

func TestDigitsFor(t *testing.T) {
	for want, thresholds := range map[Digits][]float64{1: {80, 0}, 2: {80, 79.95, 0.5}, 3: {0.125}, 9: {1.0 / 3}} {
		if got := DigitsFor(thresholds); got != want {
			t.Errorf("%v: %d, want %d", thresholds, got, want)
		}
	}
	if got := DigitsFor(nil); got != 1 {
		t.Errorf("no threshold: %d", got)
	}
}

// TestShownNumbersAreOnTheirSide: no share and no loss that is shown looks as if
// it met a threshold that it does not meet, or missed one that it meets.
func TestShownNumbersAreOnTheirSide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		n := 1 + r.IntN(100_000)
		share, ok := Count{Covered: r.IntN(n + 1), Coverable: n}.Percent()
		if !ok {
			t.Fatal("no share")
		}
		least := float64(r.IntN(100_001)) / 1000
		if r.IntN(2) == 0 { // near it
			least = float64(int(share*1000)) / 1000
		}
		d := DigitsFor([]float64{least})
		if down := d.Floor(share); (down >= least) != (share >= least) {
			t.Fatalf("%v of at least %v is shown as %v", share, least, down)
		}
		if up := d.Ceil(share); (up <= least) != (share <= least) {
			t.Fatalf("%v of at most %v is shown as %v", share, least, up)
		}
	}
}

func TestDigits(t *testing.T) {
	for want, got := range map[string]string{
		"99.9 %": Digits(1).Percent(Count{99999, 100000}), "79.9 %": Digits(1).Percent(Count{79999, 100000}), "79.99 %": Digits(2).Percent(Count{79999, 100000}),
		"100.0 %": Digits(1).Percent(Count{3, 3}), "–": Digits(1).Percent(Count{}), "29.0 %": Digits(1).Percent(Count{29, 100}),
		"7.1": Digits(1).Text(Digits(1).Ceil(7.0001)), "7.0": Digits(1).Text(Digits(1).Ceil(7.000000000001)), "0.0": Digits(1).Text(Digits(1).Ceil(0)),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
