/* libcrypto's headers under names that do not clash with ours: OpenSSL has a type called ERR_STATE.
 * For the files of this folder only. */
#ifndef CRYPTO_OPENSSL_H
#define CRYPTO_OPENSSL_H

#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#undef ERR_STATE

#endif
