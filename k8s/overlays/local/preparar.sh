#!/bin/sh
# Sorteia as senhas, o segredo dos tokens e o certificado do MySQL deste cluster, em segredos/.
set -eu
umask 077
cd "$(dirname "$0")"

if [ -e segredos ]; then
  echo "segredos/ já existe, e o banco que nasceu com ela só abre com ela. Para começar de novo, apague" >&2
  echo "o namespace oficina, o que leva junto os dados, e depois a pasta." >&2
  exit 1
fi

novos=$(mktemp -d segredos.XXXXXX)
trap 'rm -rf "$novos"' EXIT

sortear() { openssl rand -hex 24; }

printf 'DB_USER=oficina_app\nDB_PASSWORD=%s\n' "$(sortear)" >"$novos/db-credentials.env"
printf 'DB_USER=oficina_migracao\nDB_PASSWORD=%s\n' "$(sortear)" >"$novos/db-migracao.env"
printf 'MYSQL_ROOT_PASSWORD=%s\n' "$(sortear)" >"$novos/mysql-root.env"
printf 'JWT_SECRET=%s\n' "$(openssl rand -base64 48)" >"$novos/jwt-secret.env"
printf '#SMTP_USER=\n#SMTP_PASSWORD=\n' >"$novos/mensagens-credentials.env"

cat >"$novos/servidor.ext" <<'FIM'
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:oficina-mysql
authorityKeyIdentifier = keyid
FIM
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Oficina local' \
  -addext 'keyUsage = critical, keyCertSign, cRLSign' \
  -keyout "$novos/ca.key" -out "$novos/ca.pem" 2>/dev/null
openssl req -new -newkey rsa:2048 -nodes -subj /CN=oficina-mysql \
  -keyout "$novos/servidor.key" -out "$novos/servidor.csr" 2>/dev/null
openssl x509 -req -days 3650 -in "$novos/servidor.csr" -extfile "$novos/servidor.ext" \
  -CA "$novos/ca.pem" -CAkey "$novos/ca.key" -CAcreateserial -out "$novos/servidor.pem" 2>/dev/null
# A chave da autoridade não fica: ninguém mais assina em nome dela.
rm "$novos"/ca.key "$novos"/ca.srl "$novos"/servidor.csr "$novos"/servidor.ext

mv "$novos" segredos
trap - EXIT
echo "Pronto: segredos/ tem o que só este cluster conhece. Agora: kubectl apply -k $(pwd)"
