# git, npm, pip and apt, as a job uses them.
. "${0%/*}/common.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
remote=https://github.com/$GITHUB_REPOSITORY
for i in 1 2; do
  as 'git, HTTP/1.1' git -c http.version=HTTP/1.1 clone --quiet --depth 1 "$remote" "$work/one-$i"
  as 'git, HTTP/1.1' git -c http.version=HTTP/1.1 -C "$work/one-$i" fetch --quiet --unshallow
  as 'git, HTTP/1.1' git -c http.version=HTTP/1.1 ls-remote --quiet "$remote"
  as 'git, HTTP/2' git clone --quiet --depth 1 "$remote" "$work/two-$i"
  as 'git, HTTP/2' git -C "$work/two-$i" fetch --quiet --unshallow
done
for i in 1 2; do
  rm -rf "$work/one-$i/node_modules" "$npm_config_cache"
  (cd "$work/one-$i" && as npm npm install --no-audit)
done
(cd "$work/one-1" && as npm npm audit)
for i in 1 2; do
  as pip "$python" -m pip --no-cache-dir install --quiet --no-input --target "$work/python-$i" octo-pgm octo-glyphs
done
for i in 1 2; do
  as apt apt-get -q update -o APT::Update::Error-Mode=any
  rm -rf "${APT_CONFIG%/*}"/state/lists/*_*
done
