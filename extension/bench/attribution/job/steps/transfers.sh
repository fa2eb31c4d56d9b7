# curl and wget: clear text and TLS, a connection each and kept ones, HTTP/1.1 and HTTP/2, names that share an address.
. "${0%/*}/common.sh"
for i in 1 2 3 4 5 6; do
  as 'curl, clear' "${quiet_curl[@]}" "http://azure.archive.ubuntu.com/op/one/$i/status/$((i % 2 ? 200 : 404))?token=x"
  as 'curl, TLS' "${quiet_curl[@]}" --http1.1 "https://pypi.org/op/one/$i" -d 'a=b'
  as 'curl, HTTP/2' "${quiet_curl[@]}" --http2 "https://api.github.copilot.com/op/one/$i"
  # Two names on one address, each asked for by turns.
  as 'curl, clear' "${quiet_curl[@]}" "http://github.com/op/shared/$i"
  as 'curl, clear' "${quiet_curl[@]}" "http://api.github.com/op/shared/$i"
  as 'curl, TLS' "${quiet_curl[@]}" --http1.1 "https://api.github.com/op/shared/$i"
  as 'curl, TLS' "${quiet_curl[@]}" --http1.1 "https://github.com/op/shared/$i"
  as 'wget, clear' wget -qO- "http://azure.archive.ubuntu.com/op/wget/$i" "http://azure.archive.ubuntu.com/op/wget-kept/$i"
  as 'wget, TLS' wget -qO- --ca-certificate="$SSL_CERT_FILE" "https://pypi.org/op/wget/$i" "https://pypi.org/op/wget-kept/$i"
done
# Both names by one process, over connections that are open at a time.
as 'curl, TLS' "${quiet_curl[@]}" --http1.1 https://github.com/op/both/1 -o /dev/null https://api.github.com/op/both/2 \
  -o /dev/null https://github.com/op/both/3 -o /dev/null https://api.github.com/op/both/4
as 'curl, clear' curl_many http://azure.archive.ubuntu.com/op/kept 15
as 'curl, clear' curl_many http://azure.archive.ubuntu.com/op/parallel 8 --parallel
as 'curl, TLS' curl_many https://pypi.org/op/kept 15 --http1.1
as 'curl, TLS' curl_many https://files.pythonhosted.org/op/parallel 8 --http1.1 --parallel
as 'curl, HTTP/2' curl_many https://api.github.copilot.com/op/kept 15 --http2
as 'curl, HTTP/2' curl_many https://api.github.copilot.com/op/multiplexed 15 --http2 --parallel
