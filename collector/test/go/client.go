// A client of HTTPS for tests: `client [flags] URL` asks for URL/WORKER/NUMBER, with as many workers as it is told.
package main

import (
	"bytes"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// wrapped hides that a connection is one of the standard library's, as many dialers do.
type wrapped struct{ net.Conn }

// deeper needs more stack than there is, so that what it calls begins twice.
func deeper(n int, call func()) int {
	var room [4096]byte
	if n == 0 {
		call()
		return int(room[0])
	}
	return deeper(n-1, call) + int(room[n%len(room)])
}

func main() {
	h2 := flag.Bool("h2", false, "HTTP/2 where the server has it")
	workers := flag.Int("workers", 1, "at the same time")
	requests := flag.Int("requests", 1, "of each worker")
	body := flag.Int("body", -1, "bytes of a body; a POST then")
	close := flag.Bool("close", false, "a connection for each request")
	wrap := flag.Bool("wrap", false, "connections of another type")
	wait := flag.Duration("wait", 0, "before the first request")
	flag.Parse()
	time.Sleep(*wait)

	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2:   *h2,
		DisableKeepAlives:   *close,
		MaxIdleConnsPerHost: *workers,
	}
	if *wrap {
		transport.Dial = func(network, address string) (net.Conn, error) {
			conn, err := net.Dial(network, address)
			return &wrapped{conn}, err
		}
	}
	client := &http.Client{Transport: transport}
	ask := func(path string) {
		method, content := "GET", io.Reader(nil)
		if *body >= 0 {
			method = "POST"
			content = bytes.NewReader(bytes.Repeat([]byte("GET /invented HTTP/1.1\r\nHost: x\r\n\r\n"), *body/35+1)[:*body])
		}
		request, err := http.NewRequest(method, flag.Arg(0)+path, content)
		if err == nil {
			var response *http.Response
			if response, err = client.Do(request); err == nil {
				_, err = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	var group sync.WaitGroup
	for worker := 0; worker < *workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for number := 0; number < *requests; number++ {
				deeper(number%8, func() { ask(fmt.Sprintf("/%d/%d", worker, number)) })
			}
		}(worker)
	}
	group.Wait()
}
