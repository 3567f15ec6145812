// golang.org/x/time/rate on one bucket, and on one million behind a map and a mutex: nanoseconds of processor time each, the best of
// five rounds. The time is passed in.
package main

import (
	"fmt"
	"math"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"
)

func cpu() int64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}

func best(calls int, one func()) float64 {
	least := math.Inf(1)
	for round := 0; round < 5; round++ {
		begin := cpu()
		for i := 0; i < calls; i++ {
			one()
		}
		least = math.Min(least, float64(cpu()-begin)/float64(calls))
	}
	return least
}

func numbered(n uint64) [2]uint64 {
	x := (n + 1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return [2]uint64{x >> 8, x ^ x>>31}
}

func main() {
	now := time.Unix(1795514400, 0)
	limiter := rate.NewLimiter(1000, 100)
	direct := best(2_000_000, func() {
		now = now.Add(time.Millisecond)
		limiter.AllowN(now, 1)
	})

	var mutex sync.Mutex
	limiters := make(map[[2]uint64]*rate.Limiter)
	for n := uint64(0); n < 1_000_000; n++ {
		limiters[numbered(n)] = rate.NewLimiter(rate.Every(time.Hour/1_000_000), 1_000_000)
	}
	x := uint64(88172645463325252)
	keyed := best(1_000_000, func() {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		mutex.Lock()
		limiters[numbered((x>>32)*1_000_000>>32)].AllowN(now, 1)
		mutex.Unlock()
	})
	fmt.Printf("{\"direct\": %.1f, \"keyed\": %.1f}\n", direct, keyed)
}
