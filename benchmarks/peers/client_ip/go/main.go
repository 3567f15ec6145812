// Go's realclientip on the benchmark's list: nanoseconds of processor time and allocations for one answer, the best of twenty rounds.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/realclientip/realclientip-go"
)

type job struct {
	Peer, Header, Answer string
	Prefixes             []string
}

func cpuTime() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return syscall.TimevalToNsec(used.Utime) + syscall.TimevalToNsec(used.Stime)
}

func main() {
	var j job
	if err := json.Unmarshal([]byte(os.Args[1]), &j); err != nil {
		panic(err)
	}
	var ranges []net.IPNet
	for _, text := range j.Prefixes {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			panic(err)
		}
		ranges = append(ranges, *network)
	}
	strategy, err := realclientip.NewRightmostTrustedRangeStrategy("X-Forwarded-For", ranges)
	if err != nil {
		panic(err)
	}
	headers := http.Header{"X-Forwarded-For": []string{j.Header}}
	remote := net.JoinHostPort(j.Peer, "4711")
	if got := strategy.ClientIP(headers, remote); got != j.Answer {
		panic("another answer: " + got)
	}

	const rounds, calls = 20, 20_000
	best := 1e18
	for round := 0; round < rounds; round++ {
		start := cpuTime()
		for i := 0; i < calls; i++ {
			strategy.ClientIP(headers, remote)
		}
		best = min(best, float64(cpuTime()-start)/calls)
	}
	allocations := testing.AllocsPerRun(1000, func() { strategy.ClientIP(headers, remote) })
	fmt.Printf("%.1f %.0f\n", best, allocations)
}
