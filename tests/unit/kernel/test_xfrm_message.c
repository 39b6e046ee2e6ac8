/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of the kernel, byte for byte: libnl's nl_send is ours here, keeps the message and
 * sends nothing; its attributes are then parsed and compared.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/udp.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

static struct xfrm x;
static char path[] = "/tmp/test_xfrm.XXXXXX";
static _Alignas(struct nlmsghdr) uint8_t sent[4096];
static struct nlattr *attributes[XFRMA_MAX + 1];

int nl_send(struct nl_sock *socket, struct nl_msg *m)
{
	const struct nlmsghdr *h = nlmsg_hdr(m);

	(void)socket;
	assert_true(h->nlmsg_len <= sizeof(sent));
	memcpy(sent, h, h->nlmsg_len);
	return -NLE_FAILURE;
}

static void *parse(uint16_t type, size_t fixed)
{
	struct nlmsghdr *h = (struct nlmsghdr *)sent;

	assert_int_equal(h->nlmsg_type, type);
	assert_true(h->nlmsg_flags & NLM_F_ACK);
	assert_int_equal(nlmsg_parse(h, (int)fixed, attributes, XFRMA_MAX, NULL), 0);
	return nlmsg_data(h);
}

static struct address address(const char *text)
{
	struct address a;

	assert_true(address_parse(text, &a));
	return a;
}

static struct selector net(const char *text)
{
	struct subnet s;

	assert_true(subnet_parse(text, &s));
	return selector_of_subnet(&s, 0, 0);
}

static struct kernel_state state_of(uint8_t direction, bool tunnel)
{
	struct kernel_state s = { .direction = direction,
				  .tunnel = tunnel,
				  .src = address("192.0.2.1"),
				  .dst = address("192.0.2.2"),
				  .spi = 0x12345678,
				  .reqid = 16400,
				  .replay_window = 128,
				  .src_selector = net("192.0.2.1/32"),
				  .dst_selector = net("192.0.2.2/32") };

	memset(s.encr_key, 0xe1, sizeof(s.encr_key));
	memset(s.integ_key, 0xa7, sizeof(s.integ_key));
	return s;
}

static void use_gcm(struct kernel_state *s)
{
	s->encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16);
	s->key_bits = 256;
	s->encr_key_len = 36;
}

static void use_cbc(struct kernel_state *s)
{
	s->encr = alg_find(TRANSFORM_ENCR, ENCR_AES_CBC);
	s->key_bits = 128;
	s->encr_key_len = 16;
	s->integ = alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128);
	s->integ_key_len = 32;
}

static void test_inbound_aead_tunnel(void **state)
{
	struct kernel_state s = state_of(KDIR_IN, true);
	const struct xfrm_replay_state_esn *esn;
	const struct xfrm_usersa_info *p;
	const struct xfrm_algo_aead *a;

	(void)state;
	use_gcm(&s);
	s.esn = true;
	assert_int_equal(xfrm_sa_add(&x, &s), -EIO);
	p = parse(XFRM_MSG_UPDSA, sizeof(*p));
	assert_int_equal(p->id.spi, htonl(0x12345678));
	assert_int_equal(p->id.proto, IPPROTO_ESP);
	assert_int_equal(p->id.daddr.a4, inet_addr("192.0.2.2"));
	assert_int_equal(p->saddr.a4, inet_addr("192.0.2.1"));
	assert_int_equal(p->mode, XFRM_MODE_TUNNEL);
	assert_int_equal(p->reqid, 16400);
	assert_true(p->flags & XFRM_STATE_ESN && p->flags & XFRM_STATE_AF_UNSPEC);
	assert_int_equal(p->lft.hard_byte_limit, XFRM_INF);
	a = nla_data(attributes[XFRMA_ALG_AEAD]);
	assert_string_equal(a->alg_name, "rfc4106(gcm(aes))");
	assert_int_equal(a->alg_key_len, 288);
	assert_int_equal(a->alg_icv_len, 128);
	assert_memory_equal(a->alg_key, s.encr_key, 36);
	esn = nla_data(attributes[XFRMA_REPLAY_ESN_VAL]);
	assert_int_equal(esn->replay_window, 128);
	assert_int_equal(esn->bmp_len, 4);
	assert_null(attributes[XFRMA_ALG_CRYPT]);
	assert_null(attributes[XFRMA_ENCAP]);
}

static void test_outbound_cbc_transport(void **state)
{
	struct kernel_state s = state_of(KDIR_OUT, false);
	const struct xfrm_usersa_info *p;
	const struct xfrm_algo_auth *auth;
	const struct xfrm_algo *crypt;

	(void)state;
	use_cbc(&s);
	assert_int_equal(xfrm_sa_add(&x, &s), -EIO);
	p = parse(XFRM_MSG_NEWSA, sizeof(*p));
	assert_int_equal(p->mode, XFRM_MODE_TRANSPORT);
	assert_int_equal(p->replay_window, 0);
	assert_int_equal(p->sel.prefixlen_d, 32);
	assert_int_equal(p->sel.daddr.a4, inet_addr("192.0.2.2"));
	crypt = nla_data(attributes[XFRMA_ALG_CRYPT]);
	assert_string_equal(crypt->alg_name, "cbc(aes)");
	assert_int_equal(crypt->alg_key_len, 128);
	auth = nla_data(attributes[XFRMA_ALG_AUTH_TRUNC]);
	assert_string_equal(auth->alg_name, "hmac(sha256)");
	assert_int_equal(auth->alg_key_len, 256);
	assert_int_equal(auth->alg_trunc_len, 128);
	assert_memory_equal(auth->alg_key, s.integ_key, 32);
	assert_null(attributes[XFRMA_REPLAY_ESN_VAL]);
}

static void test_truncation_and_encapsulation(void **state)
{
	struct kernel_state s = state_of(KDIR_OUT, true);
	const struct xfrm_encap_tmpl *t;
	const struct xfrm_algo_auth *auth;

	(void)state;
	use_cbc(&s);
	s.integ_trunc_bits = 96;
	s.src_port = 4500;
	s.dst_port = 40000;
	assert_int_equal(xfrm_sa_add(&x, &s), -EIO);
	parse(XFRM_MSG_NEWSA, sizeof(struct xfrm_usersa_info));
	auth = nla_data(attributes[XFRMA_ALG_AUTH_TRUNC]);
	assert_int_equal(auth->alg_trunc_len, 96);
	t = nla_data(attributes[XFRMA_ENCAP]);
	assert_int_equal(t->encap_type, UDP_ENCAP_ESPINUDP);
	assert_int_equal(t->encap_sport, htons(4500));
	assert_int_equal(t->encap_dport, htons(40000));
}

static void test_never_without_integrity(void **state)
{
	struct kernel_state s = state_of(KDIR_OUT, true);

	(void)state;
	use_cbc(&s);
	s.integ = NULL;
	memset(sent, 0, sizeof(sent));
	assert_int_equal(xfrm_sa_add(&x, &s), -EINVAL);
	assert_int_equal(((struct nlmsghdr *)sent)->nlmsg_len, 0);
}

static void test_policy(void **state)
{
	struct kernel_policy k = { .direction = KDIR_OUT,
				   .tunnel = true,
				   .src = net("10.1.0.0/16"),
				   .dst = net("10.2.0.0/24"),
				   .tunnel_src = address("192.0.2.1"),
				   .tunnel_dst = address("192.0.2.2"),
				   .reqid = 16400 };
	const struct xfrm_userpolicy_info *p;
	const struct xfrm_user_tmpl *t;

	(void)state;
	assert_int_equal(xfrm_policy_put(&x, &k), -EIO);
	p = parse(XFRM_MSG_NEWPOLICY, sizeof(*p));
	assert_int_equal(p->dir, XFRM_POLICY_OUT);
	assert_int_equal(p->action, XFRM_POLICY_ALLOW);
	assert_int_equal(p->sel.saddr.a4, inet_addr("10.1.0.0"));
	assert_int_equal(p->sel.prefixlen_s, 16);
	assert_int_equal(p->sel.prefixlen_d, 24);
	assert_true(p->priority > 0);
	t = nla_data(attributes[XFRMA_TMPL]);
	assert_int_equal(t->id.proto, IPPROTO_ESP);
	assert_int_equal(t->mode, XFRM_MODE_TUNNEL);
	assert_int_equal(t->reqid, 16400);
	assert_int_equal(t->id.daddr.a4, inet_addr("192.0.2.2"));
	assert_int_equal(t->optional, 0);
}

static void test_policy_that_drops(void **state)
{
	struct kernel_policy k = { .direction = KDIR_OUT,
				   .action = KPOLICY_DROP,
				   .src = net("10.1.0.0/16"),
				   .dst = net("10.2.0.0/24"),
				   .reqid = 16401,
				   .priority = 77 };
	const struct xfrm_userpolicy_info *p;

	(void)state;
	assert_int_equal(xfrm_policy_put(&x, &k), -EIO);
	p = parse(XFRM_MSG_NEWPOLICY, sizeof(*p));
	assert_int_equal(p->action, XFRM_POLICY_BLOCK);
	assert_int_equal(p->priority, 77);
	assert_null(attributes[XFRMA_TMPL]);
}

static void test_delete(void **state)
{
	struct address dst = address("2001:db8::7");
	const struct xfrm_usersa_id *p;

	(void)state;
	assert_int_equal(xfrm_sa_delete(&x, IPPROTO_ESP, &dst, 0xabcdef01), -EIO);
	p = parse(XFRM_MSG_DELSA, sizeof(*p));
	assert_int_equal(p->spi, htonl(0xabcdef01));
	assert_int_equal(p->family, AF_INET6);
	assert_memory_equal(&p->daddr, dst.bytes, 16);
}

static int start(void **state)
{
	struct error e = { 0 };
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	x.journal = journal_open(path, &e);
	x.socket = nl_socket_alloc();
	return x.journal && x.socket && crypto_self_test(&e) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	journal_close(x.journal);
	nl_socket_free(x.socket);
	return unlink(path);
}

/* An SPI is asked for what is of the trap's mode and reqid, whatever the state is like. */
static void test_end_acquire(void **state)
{
	struct kernel_state s = state_of(KDIR_OUT, false);
	const struct xfrm_userspi_info *p;

	(void)state;
	s.spi = 0;
	s.reqid = 16388;
	assert_int_not_equal(xfrm_sa_end_acquire(&x, &s), 0);
	p = parse(XFRM_MSG_ALLOCSPI, sizeof(*p));
	assert_int_equal(p->info.mode, XFRM_MODE_TRANSPORT);
	assert_int_equal(p->info.reqid, 16388);
	assert_int_equal(p->info.id.proto, IPPROTO_ESP);
	assert_int_equal(p->min, p->max);
	assert_true(p->min >= 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inbound_aead_tunnel),
		cmocka_unit_test(test_outbound_cbc_transport),
		cmocka_unit_test(test_truncation_and_encapsulation),
		cmocka_unit_test(test_never_without_integrity),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_policy_that_drops),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_end_acquire),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
