test "$(uname -s)" = Linux
grep PRETTY_NAME /etc/os-release
