#!/bin/busybox sh
# The guest's only program of its own: mounts what the sensor needs, runs it on a control group, the cases in that, and sends
# the sensor's frames through the second serial port. What it says stands behind a word that the test looks for.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /tmp
mount -t cgroup2 cgroup /sys/fs/cgroup
ln -s /proc/self/fd /dev/fd
ip link set lo up
echo "BOOTED $(uname -r)"

runglass-sensor --check 2>&1 | sed 's/^/CHECK /'

group=/sys/fs/cgroup/watched
mkdir "$group" /tmp/www
echo content >/tmp/www/file
httpd -p 127.0.0.1:8080 -h /tmp/www
openssl s_server -accept 127.0.0.1:8443 -cert /tls.pem -www -quiet >/dev/null 2>&1 </dev/null &
mkfifo /tmp/end
runglass-sensor --cgroup "$group" --reads "*.pem" </tmp/end >/tmp/frames 2>/tmp/errors &
sensor=$!
exec 3>/tmp/end

echo 'echo $$ >'"$group"'/cgroup.procs && exec "$@"' >/tmp/watched
# The argument of a program that the sensor tells of stands in its frames: so it is known what it has told so far.
mark() {
  while kill -0 "$sensor" && ! grep -aq "$1" /tmp/frames; do
    sh /tmp/watched process nop "$1"
    sleep 0.1
  done
}
mark mark-of-the-beginning
while read -r name command; do
  folder=/tmp/case-$name
  mkdir "$folder"
  # Words of a case have no spaces in them.
  set -- $(echo "$command" | sed "s#FOLDER#$folder#")
  sh /tmp/watched "$@" >/tmp/out 2>/tmp/err </dev/null &
  pid=$!
  wait "$pid"
  echo "CASE $name $pid $? $(tr '\n' ' ' </tmp/out | cut -c1-200)"
  sed "s/^/SAID $name /" /tmp/err
done </cases
mark mark-of-the-end
exec 3>&-
wait "$sensor"
echo "SENSOR $?"
sed 's/^/ERROR /' /tmp/errors

# A policy of names, enforced on a control group of its own. Its sensor is ready when it has said so in a frame.
guarded=/sys/fs/cgroup/guarded
mkdir "$guarded"
ip addr add 198.51.100.1/24 dev lo
names serve >/tmp/serving 2>&1 &
mkfifo /tmp/guarded-end
runglass-sensor --cgroup "$guarded" --policy-fd 4 --pins guarded 4</policy </tmp/guarded-end >/tmp/guarded-frames 2>/tmp/guarded-errors &
guard=$!
exec 5>/tmp/guarded-end
while kill -0 "$guard" && ! grep -aq "are attached" /tmp/guarded-frames; do sleep 0.2; done
sleep 1
sh -c 'echo $$ >'"$guarded"'/cgroup.procs && exec names try' 2>&1 | sed 's/^/CONTAINED /'
exec 5>&-
wait "$guard"
sed 's/^/ERROR /' /tmp/guarded-errors /tmp/serving

# The kernel's command line names it.
stty -F "/dev/$frames_port" raw -echo
cat /tmp/frames >"/dev/$frames_port"
echo "FRAMES $(wc -c </tmp/frames)"
poweroff -f
