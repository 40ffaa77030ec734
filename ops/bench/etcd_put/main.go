// Puts values into etcd over gRPC, as many writers as asked for, each on one
// key of its own and waiting for each answer. Prints the puts per second.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:12379", "HOST:PORT")
	writers := flag.Int("writers", 1, "concurrent writers")
	bytes := flag.Int("bytes", 512, "size of a value")
	seconds := flag.Float64("seconds", 3, "how long to put")
	connections := flag.Int("connections", 1, "gRPC connections")
	flag.Parse()

	clients := make([]*clientv3.Client, *connections)
	for i := range clients {
		client, err := clientv3.New(clientv3.Config{
			Endpoints:   []string{*endpoint},
			DialTimeout: 5 * time.Second,
		})
		if err != nil {
			log.Fatal(err)
		}
		defer client.Close()
		clients[i] = client
	}
	value := strings.Repeat("v", *bytes-16)
	put := func(writer, number int) {
		text := fmt.Sprintf("%016d", number) + value
		key := fmt.Sprintf("bench/%d", writer)
		client := clients[writer%len(clients)]
		if _, err := client.Put(context.Background(), key, text); err != nil {
			log.Fatal(err)
		}
	}
	for i := range clients {
		put(i, 0) // connects
	}

	var done atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	end := start.Add(time.Duration(*seconds * float64(time.Second)))
	for w := 0; w < *writers; w++ {
		group.Add(1)
		go func(w int) {
			defer group.Done()
			for i := 1; time.Now().Before(end); i++ {
				put(w, i)
				done.Add(1)
			}
		}(w)
	}
	group.Wait()
	fmt.Printf("%.1f\n", float64(done.Load())/time.Since(start).Seconds())
}
