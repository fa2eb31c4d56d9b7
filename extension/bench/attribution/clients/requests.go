// Requests of a Go program: requests URL COUNT [1.1]. It speaks HTTP/2 where the server does, except with a third argument.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

func main() {
	url := os.Args[1]
	count, _ := strconv.Atoi(os.Args[2])
	transport := &http.Transport{ForceAttemptHTTP2: true, MaxConnsPerHost: 3}
	if len(os.Args) > 3 {
		transport.ForceAttemptHTTP2 = false
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	client := &http.Client{Transport: transport}
	var all sync.WaitGroup
	for i := 0; i < count; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			method, body := "GET", ""
			if i%3 == 1 {
				method, body = "POST", strings.Repeat("x", i*100)
			}
			request, _ := http.NewRequest(method, fmt.Sprintf("%s/%d", url, i), strings.NewReader(body))
			response, err := client.Do(request)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}(i)
	}
	all.Wait()
}
