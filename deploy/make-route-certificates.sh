#!/bin/sh
# Makes what the NATS servers of a cluster know each other by: an authority of their own, and one
# certificate for the names by which they reach each other. Needs openssl.
#
#   deploy/make-route-certificates.sh deploy/certificates nats-1 nats-2 nats-3
#
# Give every server ca.pem, route.pem and route-key.pem, and keep ca-key.pem somewhere else: whoever
# has it can make servers that are let in. Certificates count for DAYS days (default: ten years).
set -eu
[ $# -ge 2 ] || { echo "usage: $0 <directory> <name or IP address>..." >&2; exit 64; }
directory=$1
shift
days=${DAYS:-3650}
names=""
for name in "$@"; do
  case $name in
    *:*) names="$names,IP:$name" ;;
    *[!0-9.]*) names="$names,DNS:$name" ;;
    *) names="$names,IP:$name" ;;
  esac
done

umask 077
mkdir -p "$directory"
cd "$directory"
for made in ca.pem ca-key.pem route.pem route-key.pem; do
  [ ! -e "$made" ] || { echo "$directory/$made is there already: nothing was made" >&2; exit 1; }
done
curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
# shellcheck disable=SC2086
openssl req -x509 $curve -days "$days" -subj "/CN=routes of a NATS cluster" \
  -keyout ca-key.pem -out ca.pem
# shellcheck disable=SC2086
openssl req $curve -subj "/CN=a server of a NATS cluster" -keyout route-key.pem -out route.csr
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "${names#,}" > route.ext
openssl x509 -req -in route.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days "$days" \
  -extfile route.ext -out route.pem
rm -f route.csr route.ext ca.srl
