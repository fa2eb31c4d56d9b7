openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj '/O=Sample untrusted MITM proxy' \
  -keyout "$RUNNER_TEMP/firewall-ca.key.part" -out "$RUNNER_TEMP/firewall-ca.pem" 2>/dev/null
chmod 600 "$RUNNER_TEMP/firewall-ca.key.part"
mv "$RUNNER_TEMP/firewall-ca.key.part" "$RUNNER_TEMP/firewall-ca.key"
openssl x509 -in "$RUNNER_TEMP/firewall-ca.pem" -noout -subject
