#!/bin/sh
# After provisioning: makes the secrets that aren't in the vault yet. Never replaces one; docs/runbooks say how to rotate.
set -eu

has() { az keyvault secret show --vault-name "$AZURE_KEY_VAULT_NAME" --name "$1" --query id -o tsv >/dev/null 2>&1; }

keep() { # name, file with the value
  az keyvault secret set --vault-name "$AZURE_KEY_VAULT_NAME" --name "$1" --file "$2" --output none
  echo "made the secret $1"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 077

if ! has token-signing-key; then
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$folder/signing.pem"
  keep token-signing-key "$folder/signing.pem"
  openssl pkey -in "$folder/signing.pem" -pubout -out "$folder/public.pem"
  has token-verification-keys || keep token-verification-keys "$folder/public.pem"
fi

for name in otp-hmac-key cursor-hmac-key; do
  if ! has "$name"; then
    openssl rand -hex 32 | tr -d '\n' >"$folder/$name"
    keep "$name" "$folder/$name"
  fi
done

for name in msg91-auth-key sendgrid-api-key; do
  has "$name" || echo "the secret $name isn't there: az keyvault secret set --vault-name $AZURE_KEY_VAULT_NAME --name $name --value ..."
done
