# secret: "whsec_…"; then the three headers' values;
# body: a file with the bytes as they came, before any parsing
# is_genuine SECRET ID TIMESTAMP SIGNATURE BODY
is_genuine() {
  case "$3" in "" | *[!0-9]*) return 1 ;; esac
  now=$(date +%s)
  [ "$3" -ge $((now - 300)) ] && [ "$3" -le $((now + 300)) ] || return 1
  key=$(printf %s "${1#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  digest=$( (printf '%s.%s.' "$2" "$3" && cat "$5") |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
  [ ${#digest} -eq 44 ] || return 1 # nothing was computed: no openssl, or no secret
  case " $4 " in *" v1,$digest "*) ;; *) return 1 ;; esac
}
