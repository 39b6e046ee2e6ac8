/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the kernel's own messages: each kind as an event, and what is cut short or none of ours. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include <netlink/attr.h>

#include "kernel/xfrm.h"

static union {
	struct nlmsghdr h;
	uint8_t bytes[1024];
} m;

static void begin(uint16_t type, const void *part, size_t len)
{
	memset(&m, 0, sizeof(m));
	m.h.nlmsg_type = type;
	m.h.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	memcpy(NLMSG_DATA(&m.h), part, len);
}

static void put_template(uint32_t reqid, size_t len)
{
	struct xfrm_user_tmpl t = { .reqid = reqid };
	struct nlattr a = { .nla_type = XFRMA_TMPL, .nla_len = (uint16_t)(NLA_HDRLEN + len) };
	size_t at = NLMSG_ALIGN(m.h.nlmsg_len);

	memcpy(m.bytes + at, &a, sizeof(a));
	memcpy(m.bytes + at + NLA_HDRLEN, &t, len);
	m.h.nlmsg_len = (uint32_t)(at + NLA_ALIGN(NLA_HDRLEN + len));
}

static void set_address(xfrm_address_t *a, const char *text)
{
	assert_true(inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, a) == 1);
}

static void expect_address(const struct address *a, const char *text)
{
	char buf[ADDRESS_TEXT_LEN];

	assert_string_equal(address_format(a, buf, sizeof(buf)), text);
}

/* A message that lacks its last octets is none. */
static void cut_short(void)
{
	struct kernel_event e;
	uint32_t len = m.h.nlmsg_len;

	while (--m.h.nlmsg_len >= NLMSG_HDRLEN)
		assert_false(xfrm_event_parse(&m.h, &e));
	m.h.nlmsg_len = len;
}

static struct xfrm_user_acquire acquire_of(uint8_t proto)
{
	struct xfrm_user_acquire a = { .sel = { .family = AF_INET, .proto = proto } };

	set_address(&a.sel.saddr, "10.1.0.1");
	set_address(&a.sel.daddr, "10.2.0.1");
	return a;
}

static void test_acquire(void **state)
{
	struct xfrm_user_acquire a = acquire_of(IPPROTO_UDP);
	struct kernel_event e;

	(void)state;
	a.sel.sport = htons(1234);
	a.sel.dport = htons(53);
	a.sel.sport_mask = a.sel.dport_mask = 0xffff;
	begin(XFRM_MSG_ACQUIRE, &a, sizeof(a));
	assert_false(xfrm_event_parse(&m.h, &e)); /* no template: whose is it? */
	put_template(16388, sizeof(struct xfrm_user_tmpl) - 1);
	assert_false(xfrm_event_parse(&m.h, &e));
	begin(XFRM_MSG_ACQUIRE, &a, sizeof(a));
	put_template(16388, sizeof(struct xfrm_user_tmpl));
	assert_true(xfrm_event_parse(&m.h, &e));
	assert_int_equal(e.kind, KERNEL_ACQUIRE);
	assert_int_equal(e.reqid, 16388);
	expect_address(&e.src.range.start, "10.1.0.1");
	expect_address(&e.dst.range.end, "10.2.0.1");
	assert_int_equal(e.src.protocol, IPPROTO_UDP);
	assert_int_equal(e.src.start_port, 1234);
	assert_int_equal(e.dst.end_port, 53);
	cut_short();

	a = acquire_of(IPPROTO_ICMP);
	a.sel.sport = htons(8);
	begin(XFRM_MSG_ACQUIRE, &a, sizeof(a));
	put_template(1, sizeof(struct xfrm_user_tmpl));
	assert_true(xfrm_event_parse(&m.h, &e));
	assert_int_equal(e.src.start_port, 8 << 8);
	assert_int_equal(e.dst.end_port, 8 << 8);

	a = acquire_of(0);
	a.sel.sport = htons(7);
	begin(XFRM_MSG_ACQUIRE, &a, sizeof(a));
	put_template(1, sizeof(struct xfrm_user_tmpl));
	assert_true(xfrm_event_parse(&m.h, &e));
	assert_int_equal(e.src.start_port, 0);
	assert_int_equal(e.src.end_port, UINT16_MAX);

	a.sel.family = AF_UNIX;
	begin(XFRM_MSG_ACQUIRE, &a, sizeof(a));
	put_template(1, sizeof(struct xfrm_user_tmpl));
	assert_false(xfrm_event_parse(&m.h, &e));
}

static void test_acquire_of_state(void **state)
{
	struct xfrm_usersa_info p = { .sel = acquire_of(IPPROTO_UDP).sel, .reqid = 16388 };
	struct kernel_event e;

	(void)state;
	p.sel.dport = htons(53);
	p.sel.dport_mask = 0xffff;
	assert_true(xfrm_acquire_of_state(&p, &e));
	assert_int_equal(e.kind, KERNEL_ACQUIRE);
	assert_int_equal(e.reqid, 16388);
	expect_address(&e.dst.range.start, "10.2.0.1");
	assert_int_equal(e.dst.start_port, 53);
	p.id.spi = htonl(256); /* one that is whole, or whose SPI is ours */
	assert_false(xfrm_acquire_of_state(&p, &e));
	p.id.spi = 0;
	p.reqid = 0; /* nobody's here */
	assert_false(xfrm_acquire_of_state(&p, &e));
}

static void test_expire(void **state)
{
	struct xfrm_user_expire x = { .hard = 1 };
	struct kernel_event e;

	(void)state;
	x.state.family = AF_INET6;
	x.state.id.spi = htonl(0x1234);
	x.state.reqid = 7;
	set_address(&x.state.id.daddr, "fd00::1");
	begin(XFRM_MSG_EXPIRE, &x, sizeof(x));
	assert_true(xfrm_event_parse(&m.h, &e));
	assert_int_equal(e.kind, KERNEL_EXPIRE);
	assert_int_equal(e.spi, 0x1234);
	assert_int_equal(e.reqid, 7);
	assert_true(e.is_hard);
	expect_address(&e.state_dst, "fd00::1");
	cut_short();
	x.state.id.spi = 0; /* the larval state of an acquire */
	begin(XFRM_MSG_EXPIRE, &x, sizeof(x));
	assert_false(xfrm_event_parse(&m.h, &e));
}

static void test_mapping(void **state)
{
	struct xfrm_user_mapping x = { .reqid = 9, .new_sport = htons(4501) };
	struct kernel_event e;

	(void)state;
	x.id.family = AF_INET;
	x.id.spi = htonl(5);
	set_address(&x.id.daddr, "192.0.2.1");
	set_address(&x.new_saddr, "203.0.113.9");
	begin(XFRM_MSG_MAPPING, &x, sizeof(x));
	assert_true(xfrm_event_parse(&m.h, &e));
	assert_int_equal(e.kind, KERNEL_MAPPING);
	assert_int_equal(e.mapped.port, 4501);
	expect_address(&e.mapped.address, "203.0.113.9");
	expect_address(&e.state_dst, "192.0.2.1");
	cut_short();
}

static void test_gone(void **state)
{
	static const uint16_t lost[] = { XFRM_MSG_FLUSHSA, XFRM_MSG_FLUSHPOLICY,
					 XFRM_MSG_DELPOLICY };
	struct xfrm_usersa_id x = { .family = AF_INET, .spi = htonl(77), .proto = IPPROTO_ESP };
	struct kernel_event e;

	(void)state;
	set_address(&x.daddr, "192.0.2.1");
	begin(XFRM_MSG_DELSA, &x, sizeof(x));
	assert_true(xfrm_event_parse(&m.h, &e));
	assert_int_equal(e.kind, KERNEL_STATE_GONE);
	assert_int_equal(e.spi, 77);
	cut_short();
	x.proto = IPPROTO_AH;
	begin(XFRM_MSG_DELSA, &x, sizeof(x));
	assert_true(xfrm_event_parse(&m.h, &e));
	x.proto = IPPROTO_IPIP; /* the kernel's own, beside a tunnel */
	begin(XFRM_MSG_DELSA, &x, sizeof(x));
	assert_false(xfrm_event_parse(&m.h, &e));
	for (size_t i = 0; i < ARRAY_LEN(lost); i++) {
		begin(lost[i], &x, 0);
		assert_true(xfrm_event_parse(&m.h, &e));
		assert_int_equal(e.kind, KERNEL_LOST);
	}
	begin(XFRM_MSG_NEWSA, &x, sizeof(x));
	assert_false(xfrm_event_parse(&m.h, &e));
}

/* Messages behind each other, and a last one that is cut or not filled up to the alignment. */
static void edge_177_datagram(void **state)
{
	struct xfrm_usersa_id x = { .family = AF_INET, .proto = IPPROTO_ESP };
	struct slice left;
	uint32_t len;

	(void)state;
	begin(XFRM_MSG_DELSA, &x, sizeof(x));
	len = (uint32_t)NLMSG_ALIGN(m.h.nlmsg_len);
	memcpy(m.bytes + len, m.bytes, len);
	left = slice(m.bytes, 2 * len);
	assert_ptr_equal(xfrm_event_next(&left), &m.h);
	assert_ptr_equal(xfrm_event_next(&left), m.bytes + len);
	assert_null(xfrm_event_next(&left));
	left = slice(m.bytes, 2 * len - 1);
	assert_non_null(xfrm_event_next(&left));
	assert_null(xfrm_event_next(&left));
	m.h.nlmsg_len = len - 3; /* the datagram ends with the message, not with its padding */
	left = slice(m.bytes, len - 3);
	assert_non_null(xfrm_event_next(&left));
	assert_int_equal(left.len, 0);
	assert_null(xfrm_event_next(&left));
	m.h.nlmsg_len = NLMSG_HDRLEN - 1;
	left = slice(m.bytes, len);
	assert_null(xfrm_event_next(&left));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acquire), cmocka_unit_test(test_acquire_of_state),
		cmocka_unit_test(test_expire),  cmocka_unit_test(test_mapping),
		cmocka_unit_test(test_gone),    cmocka_unit_test(edge_177_datagram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
