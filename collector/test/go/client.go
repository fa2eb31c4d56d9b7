// A client of HTTPS for tests: `client [flags] URL` asks for URL/WORKER/NUMBER, with as many workers as it is told.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// PIPELINED requests are made before a response is read.
const PIPELINED = 32

// wrapped hides that a connection is one of the standard library's, as many dialers do.
type wrapped struct{ net.Conn }

// askWhileStopped makes requests by hand, many at a time, while the collector of garbage stops all that runs again and again.
// Where the runtime may not interrupt (GODEBUG=asyncpreemptoff=1), it makes a goroutine believe that its stack is too small:
// the next call that looks then begins twice.
func askWhileStopped(address string, requests int) error {
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	go func() {
		for {
			runtime.GC()
		}
	}()
	responses := bufio.NewReader(conn)
	for number := 0; number < requests; number++ {
		if _, err := fmt.Fprintf(conn, "GET /stopped/%d HTTP/1.1\r\nHost: %s\r\n\r\n", number, address); err != nil {
			return err
		}
		if number%PIPELINED < PIPELINED-1 && number < requests-1 {
			continue
		}
		for waiting := number%PIPELINED + 1; waiting > 0; waiting-- {
			response, err := http.ReadResponse(responses, nil)
			if err != nil {
				return err
			}
			io.Copy(io.Discard, response.Body)
		}
	}
	return nil
}

// askFromSmallStacks makes each request from a stack that is new, and so must be moved to a larger one while the call reads
// into a buffer that is on it.
func askFromSmallStacks(address string, requests int) error {
	for number := 0; number < requests; number++ {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return err
		}
		request := fmt.Sprintf("GET /small/%d HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", number, address)
		if _, err = io.WriteString(conn, request); err != nil {
			return err
		}
		ended := make(chan error)
		go func() {
			var buffer [600]byte
			for {
				if _, err := conn.Read(buffer[:]); err != nil {
					ended <- err
					return
				}
			}
		}()
		if err = <-ended; err != io.EOF {
			return err
		}
		conn.Close()
	}
	return nil
}

func main() {
	h2 := flag.Bool("h2", false, "HTTP/2 where the server has it")
	workers := flag.Int("workers", 1, "at the same time")
	requests := flag.Int("requests", 1, "of each worker")
	body := flag.Int("body", -1, "bytes of a body; a POST then")
	close := flag.Bool("close", false, "a connection for each request")
	stopped := flag.Bool("stopped", false, "by hand, while all is stopped again and again")
	small := flag.Bool("small", false, "by hand, read by goroutines that are new")
	wrap := flag.Bool("wrap", false, "connections of another type")
	wait := flag.Duration("wait", 0, "before the first request")
	flag.Parse()
	time.Sleep(*wait)
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	byHand := map[bool]func(string, int) error{*stopped: askWhileStopped, *small: askFromSmallStacks}[true]
	if byHand != nil {
		if err := byHand(strings.TrimPrefix(flag.Arg(0), "https://"), *requests); err != nil {
			fail(err)
		}
		return
	}

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
			fail(err)
		}
	}
	var group sync.WaitGroup
	for worker := 0; worker < *workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for number := 0; number < *requests; number++ {
				ask(fmt.Sprintf("/%d/%d", worker, number))
			}
		}(worker)
	}
	group.Wait()
}
