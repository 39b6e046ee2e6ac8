/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetching CRLs and OCSP answers by http, with OpenSSL's own client (RFC 6960 appendix A, RFC 5280
 * 4.2.1.13). Runs on threads of its own; nothing here waits for IKE, and IKE not for it.
 */
#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>

#include "base/text.h"
#include "crypto/credentials.h"
#include "crypto/trust.h"
#include "pkey.h"

#define CRL_MAX_LEN ((size_t)32 << 20)
#define OCSP_MAX_LEN ((size_t)64 << 10)
#define GET_MAX_LEN 255 /* RFC 5019 5: longer requests are posted */

/* The connection does not block: what is still on its way is waited for. */
static int read_some(BIO *bio, time_t until, void *data, size_t len)
{
	int n;

	while ((n = BIO_read(bio, data, (int)len)) <= 0 && BIO_should_retry(bio))
		if (BIO_wait(bio, until, 100) <= 0)
			return -1;
	return n;
}

static bool read_bio(BIO *bio, size_t max, time_t until, struct bytes *out, struct error *e)
{
	size_t room = 16384, len = 0;
	int n;

	if (!bytes_alloc(room, out))
		return error_set(e, "memory is short: free some and try again");
	/* what has come whole (of a POST) is in memory, and nothing follows it */
	if (BIO_method_type(bio) == BIO_TYPE_MEM)
		BIO_set_mem_eof_return(bio, 0);
	while ((n = read_some(bio, until, out->data + len, room - len)) > 0) {
		struct bytes more = { 0 };

		len += (size_t)n;
		if (len < room)
			continue;
		if (room >= max || !bytes_alloc(room * 2, &more))
			return error_set(e, "the answer is too long");
		memcpy(more.data, out->data, len);
		bytes_free(out);
		*out = more;
		room *= 2;
	}
	out->len = len;
	if (n < 0 && time(NULL) >= until)
		return error_set(e, "the answer did not come to its end in time");
	return len > 0 || error_set(e, "the answer is empty");
}

static bool finish(BIO *answer, size_t max, time_t until, struct bytes *out, struct error *e)
{
	char why[160];
	bool ok;

	if (answer)
		ok = read_bio(answer, max, until, out, e);
	else
		ok = error_set(e, "%s", openssl_error(why, sizeof(why)));
	BIO_free_all(answer);
	ERR_clear_error();
	return ok;
}

static bool get(const char *url, size_t max, int timeout_sec, struct bytes *out, struct error *e)
{
	time_t until = time(NULL) + timeout_sec + 1;
	BIO *answer = OSSL_HTTP_get(url, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, max,
				    timeout_sec);

	return finish(answer, max, until, out, e);
}

static bool post(const char *url, struct slice request, int timeout_sec, struct bytes *out,
		 struct error *e)
{
	char *host = NULL, *port = NULL, *path = NULL;
	BIO *body = BIO_new_mem_buf(request.data, (int)request.len), *answer = NULL;
	time_t until = time(NULL) + timeout_sec + 1;
	int is_tls = 0;

	if (body && OSSL_HTTP_parse_url(url, &is_tls, NULL, &host, &port, NULL, &path, NULL, NULL))
		answer = OSSL_HTTP_transfer(NULL, host, port, path, is_tls, NULL, NULL, NULL, NULL,
					    NULL, NULL, 0, NULL, "application/ocsp-request", body,
					    "application/ocsp-response", 1, OCSP_MAX_LEN,
					    timeout_sec, 0);
	OPENSSL_free(host);
	OPENSSL_free(port);
	OPENSSL_free(path);
	BIO_free(body);
	return finish(answer, OCSP_MAX_LEN, until, out, e);
}

/* RFC 6960 A.1: {url}/{url-encoding of base-64 encoding of the DER request} */
static bool get_url(const char *base, struct slice request, char *url, size_t size)
{
	unsigned char encoded[512];
	struct text t = text_over(url, size);
	int len;

	if (request.len > 300)
		return false;
	len = EVP_EncodeBlock(encoded, request.data, (int)request.len);
	text_add(&t, "%s%s", base, base[strlen(base) - 1] == '/' ? "" : "/");
	for (int i = 0; i < len; i++) {
		if (encoded[i] == '+' || encoded[i] == '/' || encoded[i] == '=')
			text_add(&t, "%%%02X", encoded[i]);
		else
			text_add(&t, "%c", encoded[i]);
	}
	return !t.cut && len <= GET_MAX_LEN;
}

static bool fetch_ocsp(const struct fetch *f, const struct revocation_policy *p, struct bytes *out,
		       struct error *e)
{
	char url[FETCH_URL_MAX + 1024];

	if (!p->ocsp_post && get_url(f->url, bytes_slice(&f->request), url, sizeof(url)))
		return get(url, OCSP_MAX_LEN, (int)p->ocsp_timeout_sec, out, e);
	return post(f->url, bytes_slice(&f->request), (int)p->ocsp_timeout_sec, out, e);
}

bool credentials_fetch(struct keystore *k, const struct fetch *f, struct error *e)
{
	struct trust *t = keystore_trust(k);
	struct bytes answer cleanup(bytes_cleanup) = { 0 };
	struct revocation_policy p;
	bool ok;

	trust_policy(t, &p);
	if (f->kind == FETCH_CRL)
		ok = get(f->url, CRL_MAX_LEN, (int)p.crl_timeout_sec, &answer, e) &&
		     trust_take_crl(t, bytes_slice(&answer), f->url, e);
	else
		ok = fetch_ocsp(f, &p, &answer, e) &&
		     trust_take_ocsp(t, bytes_slice(&f->request), bytes_slice(&answer), f->is_ours,
				     (uint64_t)time(NULL), e);
	if (!ok && f->is_ours)
		trust_own_ocsp_failed(t, (uint64_t)time(NULL));
	return ok ||
	       error_prefix(e, "%s from %.300s: ", f->kind == FETCH_CRL ? "CRL" : "OCSP answer",
			    f->url);
}
