# Each client for the first time: what is asked before its TLS library was found can be missing, which the table shows.
. "${0%/*}/common.sh"
as first-use "${quiet_curl[@]}" --http1.1 https://pypi.org/op/first/curl
as first-use wget -qO- --ca-certificate="$SSL_CERT_FILE" https://pypi.org/op/first/wget
as first-use git -c http.version=HTTP/1.1 ls-remote "https://github.com/$GITHUB_REPOSITORY"
as first-use "$python" "$requests_py" urllib https://pypi.org/op/first/python 1
as first-use node "$requests_mjs" kept https://pypi.org/op/first/node 1
[[ -z $BENCH_OTHER_NODE ]] || as first-use "$BENCH_OTHER_NODE" "$requests_mjs" kept https://pypi.org/op/first/other-node 1
[[ -z $BENCH_GO ]] || as first-use "$BENCH_GO" https://pypi.org/op/first/go 1 1.1
sleep 2
