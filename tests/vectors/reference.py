#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Second implementations, in plain Python and for tests only, of what OpenSSL does for us: they print
the constants of src/lib/crypto/self_test.c and of the tests that need one no RFC gives. Each is
checked against a published vector first. Needs nothing but the standard library.
"""
import hashlib
import hmac
import struct


# ---- AES (FIPS 197) and DES (FIPS 46-3) blocks ----

def _sbox():
    p = q = 1
    box = [0] * 256
    while True:
        p = p ^ ((p << 1) & 0xff) ^ (0x1b if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xff
        if q & 0x80:
            q ^= 0x09
        rot = lambda n: ((q << n) | (q >> (8 - n))) & 0xff
        box[p] = q ^ rot(1) ^ rot(2) ^ rot(3) ^ rot(4) ^ 0x63
        if p == 1:
            break
    box[0] = 0x63
    return box


SBOX = _sbox()
INVERSE = [SBOX.index(i) for i in range(256)]


def mul(a, b):
    r = 0
    while b:
        if b & 1:
            r ^= a
        a = ((a << 1) & 0xff) ^ (0x1b if a & 0x80 else 0)
        b >>= 1
    return r


def schedule(key):
    nk = len(key) // 4
    w = [list(key[4 * i:4 * i + 4]) for i in range(nk)]
    rcon = 1
    for i in range(nk, 4 * (nk + 7)):
        t = list(w[i - 1])
        if i % nk == 0:
            t = [SBOX[b] for b in t[1:] + t[:1]]
            t[0] ^= rcon
            rcon = mul(rcon, 2)
        elif nk > 6 and i % nk == 4:
            t = [SBOX[b] for b in t]
        w.append([a ^ b for a, b in zip(w[i - nk], t)])
    return [sum(w[i:i + 4], []) for i in range(0, len(w), 4)]


def aes(key, block):
    rounds = schedule(key)
    s = [a ^ b for a, b in zip(block, rounds[0])]
    for n, k in enumerate(rounds[1:], 1):
        s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if n < len(rounds) - 1:
            o = []
            for c in range(0, 16, 4):
                a = s[c:c + 4]
                o += [mul(a[i], 2) ^ mul(a[(i + 1) % 4], 3) ^ a[(i + 2) % 4] ^ a[(i + 3) % 4]
                      for i in range(4)]
            s = o
        s = [a ^ b for a, b in zip(s, k)]
    return bytes(s)


def aes_inverse(key, block):
    rounds = schedule(key)
    s = [a ^ b for a, b in zip(block, rounds[-1])]
    for n, k in reversed(list(enumerate(rounds[:-1]))):
        s = [INVERSE[s[(i - 4 * (i % 4)) % 16]] for i in range(16)]
        s = [a ^ b for a, b in zip(s, k)]
        if n > 0:
            o = []
            for c in range(0, 16, 4):
                a = s[c:c + 4]
                o += [mul(a[i], 14) ^ mul(a[(i + 1) % 4], 11) ^ mul(a[(i + 2) % 4], 13) ^
                      mul(a[(i + 3) % 4], 9) for i in range(4)]
            s = o
    return bytes(s)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def blocks(data, n=16):
    return [data[i:i + n] for i in range(0, len(data), n)]


def cbc_open(inverse, key, iv, data):
    out = b''
    for b in blocks(data, len(iv)):
        out += xor(inverse(key, b), iv)
        iv = b
    return out


def ctr(key, block, data):
    n = int.from_bytes(block, 'big')
    out = b''
    for i, b in enumerate(blocks(data)):
        out += xor(b, aes(key, ((n + i) % (1 << 128)).to_bytes(16, 'big')))
    return out


def _des_tables():
    ip = [r + 8 * c for r in (2, 4, 6, 8, 1, 3, 5, 7) for c in range(7, -1, -1)]
    fp = [ip.index(i + 1) + 1 for i in range(64)]
    e = [(4 * (i // 6) + i % 6 - 1) % 32 + 1 for i in range(48)]
    return ip, fp, e


IP, FP, E = _des_tables()
P = [16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
     2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25]
PC1 = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3,
       60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37,
       29, 21, 13, 5, 28, 20, 12, 4]
PC2 = [14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
       41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36,
       29, 32]
S = [
    'E4D12FB83A6C5907 0F74E2D1A6CB9538 41E8D62BFC973A50 FC8249175B3EA06D',
    'F18E6B34972DC05A 3D47F28EC01A69B5 0E7BA4D158C6932F D8A13F42B67C05E9',
    'A09E63F51DC7B428 D709346A285ECBF1 D6498F30B12C5AE7 1AD069874FE3B52C',
    '7DE3069A1285BC4F D8B56F03472C1AE9 A690CB7DF13E5284 3F06A1D8945BC72E',
    '2C417AB6853FD0E9 EB2C47D150FA3986 421BAD78F9C5630E B8C71E2D6F09A453',
    'C1AF92680D34E75B AF427C9561DE0B38 9EF528C3704A1DB6 432C95FABE17608D',
    '4B2EF08D3C975A61 D0B7491AE35C2F86 14BDC37EAF680592 6BD814A7950FE23C',
    'D2846FB1A93E50C7 1FD8A374C56B0E92 7B419CE206ADF358 21E74A8DFC90356B']


def permute(bits, table):
    return [bits[i - 1] for i in table]


def to_bits(data):
    return [(b >> (7 - i)) & 1 for b in data for i in range(8)]


def from_bits(bits):
    return bytes(int(''.join(map(str, bits[i:i + 8])), 2) for i in range(0, len(bits), 8))


def des(key, block, backwards=False):
    k = permute(to_bits(key), PC1)
    c, d = k[:28], k[28:]
    keys = []
    for n in range(16):
        shift = 1 if n in (0, 1, 8, 15) else 2
        c, d = c[shift:] + c[:shift], d[shift:] + d[:shift]
        keys.append(permute(c + d, PC2))
    b = permute(to_bits(block), IP)
    left, right = b[:32], b[32:]
    for k in (reversed(keys) if backwards else keys):
        x = [a ^ b for a, b in zip(permute(right, E), k)]
        o = []
        for i in range(8):
            six = x[6 * i:6 * i + 6]
            row, col = 2 * six[0] + six[5], 8 * six[1] + 4 * six[2] + 2 * six[3] + six[4]
            o += to_bits(bytes([int(S[i].split()[row][col], 16)]))[4:]
        left, right = right, [a ^ b for a, b in zip(left, permute(o, P))]
    return from_bits(permute(right + left, FP))


def des3_inverse(key, block):
    return des(key[:8], des(key[8:16], des(key[16:24], block, True)), True)


# ---- combined modes: GCM (SP 800-38D), CCM (SP 800-38C), ChaCha20-Poly1305 (RFC 8439) ----

def pad16(data):
    return data + bytes(-len(data) % 16)


def gcm_tag(key, nonce, aad, text):
    h = int.from_bytes(aes(key, bytes(16)), 'big')
    y = 0
    for b in blocks(pad16(aad) + pad16(text) + struct.pack('>QQ', 8 * len(aad), 8 * len(text))):
        x, v, z = y ^ int.from_bytes(b, 'big'), h, 0
        for i in range(127, -1, -1):
            if x >> i & 1:
                z ^= v
            v = (v >> 1) ^ (0xe1 << 120 if v & 1 else 0)
        y = z
    return xor(y.to_bytes(16, 'big'), aes(key, nonce + b'\0\0\0\1'))


def gcm_crypt(key, nonce, text):
    return ctr(key, nonce + b'\0\0\0\2', text)


def ccm_tag(key, nonce, aad, text, tag_len):
    q = 15 - len(nonce)
    b = bytes([64 * (len(aad) > 0) + 8 * ((tag_len - 2) // 2) + q - 1]) + nonce
    b += len(text).to_bytes(q, 'big')
    if aad:
        b += pad16(struct.pack('>H', len(aad)) + aad)
    b += pad16(text)
    x = bytes(16)
    for block in blocks(b):
        x = aes(key, xor(x, block))
    return xor(x, aes(key, bytes([q - 1]) + nonce + bytes(q)))[:tag_len]


def ccm_crypt(key, nonce, text):
    q = 15 - len(nonce)
    return ctr(key, bytes([q - 1]) + nonce + (1).to_bytes(q, 'big'), text)


def chacha_block(key, counter, nonce):
    def quarter(x, a, b, c, d):
        for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[p] = (x[p] + x[q]) & 0xffffffff
            x[r] ^= x[p]
            x[r] = (x[r] << n | x[r] >> (32 - n)) & 0xffffffff
    start = list(struct.unpack('<16I',
                               b'expand 32-byte k' + key + struct.pack('<I', counter) + nonce))
    x = list(start)
    for _ in range(10):
        for i in range(4):
            quarter(x, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack('<16I', *[(a + b) & 0xffffffff for a, b in zip(x, start)])


def chacha_crypt(key, nonce, text):
    return b''.join(xor(b, chacha_block(key, i + 1, nonce)) for i, b in enumerate(blocks(text, 64)))


def chacha_tag(key, nonce, aad, text):
    otk = chacha_block(key, 0, nonce)
    r = int.from_bytes(otk[:16], 'little') & 0x0ffffffc0ffffffc0ffffffc0fffffff
    s = int.from_bytes(otk[16:32], 'little')
    a = 0
    for b in blocks(pad16(aad) + pad16(text) + struct.pack('<QQ', len(aad), len(text))):
        a = (a + int.from_bytes(b + b'\1', 'little')) * r % ((1 << 130) - 5)
    return ((a + s) % (1 << 128)).to_bytes(16, 'little')


# ---- MACs: CMAC (SP 800-38B), XCBC (RFC 3566), HMAC; prf+ (RFC 7296 2.13) ----

def cmac(key, data):
    def double(b):
        n = int.from_bytes(b, 'big') << 1
        return ((n & ((1 << 128) - 1)) ^ (0x87 if n >> 128 else 0)).to_bytes(16, 'big')
    k1 = double(aes(key, bytes(16)))
    return cbc_mac(key, data, k1, double(k1))


def xcbc(key, data):
    k1, k2, k3 = (aes(key, bytes([i]) * 16) for i in (1, 2, 3))
    return cbc_mac(k1, data, k2, k3)


def cbc_mac(key, data, whole, partial):
    b = blocks(data) or [b'']
    last = xor(b[-1], whole) if len(b[-1]) == 16 else xor(pad16(b[-1] + b'\x80'), partial)
    x = bytes(16)
    for block in b[:-1] + [last]:
        x = aes(key, xor(x, block))
    return x


def prf_xcbc(key, data):
    return xcbc(xcbc(bytes(16), key) if len(key) > 16 else key.ljust(16, b'\0'), data)


def prf_cmac(key, data):
    return cmac(key if len(key) == 16 else cmac(bytes(16), key), data)


def prf_hmac(name):
    return lambda key, data: hmac.new(key, data, name).digest()


def prf_plus(prf, key, seed, length):
    t, out, n = b'', b'', 1
    while len(out) < length:
        t = prf(key, t + seed + bytes([n]))
        out += t
        n += 1
    return out[:length]


# ---- MODP groups by their formula (RFC 3526): 2^n - 2^(n-64) - 1 + 2^64 ([2^(n-130) pi] + c) ----

def pi_times(bits):
    one = 1 << (bits + 64)

    def arctan(inverse):
        power = total = one // inverse
        n, sign = 3, -1
        while power:
            power //= inverse * inverse
            total += sign * (power // n)
            n, sign = n + 2, -sign
        return total
    return 4 * (4 * arctan(5) - arctan(239)) >> 64


MODP = {2048: 124476, 3072: 1690314, 4096: 240904, 6144: 929484, 8192: 4743158}


def modp(n):
    return (1 << n) - (1 << (n - 64)) - 1 + (1 << 64) * (pi_times(n - 130) + MODP[n])


# ---- published vectors ----

def check():
    h = bytes.fromhex
    key = h('000102030405060708090a0b0c0d0e0f1011121314151617')
    block = h('00112233445566778899aabbccddeeff')
    assert aes(key[:16], block) == h('69c4e0d86a7b0430d8cdb78070b4c55a')
    assert aes(key, block) == h('dda97ca4864cdfe06eaf70a0ec0d7191')
    assert aes_inverse(key, aes(key, block)) == block
    assert des(h('133457799bbcdff1'), h('0123456789abcdef')) == h('85e813540f0ab405')
    k, n = h('feffe9928665731c6d6a8f9467308308'), h('cafebabefacedbaddecaf888')
    aad = h('feedfacedeadbeeffeedfacedeadbeefabaddad2')
    text = h('d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72'
             '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39')
    sealed = gcm_crypt(k, n, text)
    assert sealed[:8] == h('42831ec221777424')
    assert gcm_tag(k, n, aad, sealed) == h('5bc94fbc3221a5db94fae95ae7121a47')
    # SP 800-38C example 3
    k, n = bytes(range(0x40, 0x50)), bytes(range(0x10, 0x1c))
    aad, text = bytes(range(20)), bytes(range(0x20, 0x38))
    assert ccm_crypt(k, n, text) == h('e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5')
    assert ccm_tag(k, n, aad, text, 8) == h('484392fbc1b09951')
    # RFC 8439 2.8.2
    k, n = bytes(range(0x80, 0xa0)), h('070000004041424344454647')
    text = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            b'future, sunscreen would be it.')
    sealed = chacha_crypt(k, n, text)
    assert chacha_tag(k, n, h('50515253c0c1c2c3c4c5c6c7'), sealed) == \
        h('1ae10b594f09e26a7e902ecbd0600691')
    # RFC 4494 case 2, RFC 3566 case 4, RFC 4434, RFC 4615
    k, data = key[:16], key[:16] + bytes(range(16, 20))
    assert cmac(h('2b7e151628aed2a6abf7158809cf4f3c'), h('6bc1bee22e409f96e93d7e117393172a')) == \
        h('070a16b46b4d4144f79bdd9dd04a287c')
    assert xcbc(k, data) == h('47f51b4564966215b8985c63055ed308')
    assert prf_xcbc(k[:10], data) == h('0fa087af7d866e7653434e602fdde835')
    assert prf_xcbc(k + b'\xed\xcb', data) == h('8cd3c93ae598a9803006ffb67c40e9e4')
    assert prf_cmac(k + b'\xed\xcb', data) == h('84a348a4a45d235babfffc0d2b4da09a')
    assert hex(modp(2048))[:38] == '0xffffffffffffffffc90fdaa22168c234c4c6' and modp(8192) % 2


# ---- what the self test wants: patterns in, constants out ----

def pattern(start, n):
    return bytes((start + i) & 0xff for i in range(n))


AAD, IV, TEXT = pattern(0, 32), pattern(0x40, 16), pattern(0x80, 48)
KEY, DATA = pattern(1, 64), pattern(0x80, 50)


# ---- ML-KEM (FIPS 203) ----

Q = 3329
ZETAS = [pow(17, int('{:07b}'.format(i)[::-1], 2), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * int('{:07b}'.format(i)[::-1], 2) + 1, Q) for i in range(128)]
ML_KEM = {512: (2, 3, 10, 4), 768: (3, 2, 10, 4), 1024: (4, 2, 11, 5)}  # k, eta1, du, dv


def ntt(f):
    f, i, length = list(f), 1, 128
    while length >= 2:
        for start in range(0, 256, 2 * length):
            for j in range(start, start + length):
                t = ZETAS[i] * f[j + length] % Q
                f[j + length], f[j] = (f[j] - t) % Q, (f[j] + t) % Q
            i += 1
        length //= 2
    return f


def ntt_inverse(f):
    f, i, length = list(f), 127, 2
    while length <= 128:
        for start in range(0, 256, 2 * length):
            for j in range(start, start + length):
                t = f[j]
                f[j] = (t + f[j + length]) % Q
                f[j + length] = ZETAS[i] * (f[j + length] - t) % Q
            i -= 1
        length *= 2
    return [x * 3303 % Q for x in f]


def ntt_product(f, g):
    h = []
    for i in range(128):
        a, b, c, d = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        h += [(a * c + b * d * GAMMAS[i]) % Q, (a * d + b * c) % Q]
    return h


def poly_sum(polys):
    return [sum(column) % Q for column in zip(*polys)]


def poly_bytes(f, d):
    n = sum(x << (d * i) for i, x in enumerate(f))
    return n.to_bytes(32 * d, 'little')


def bytes_poly(data, d):
    n = int.from_bytes(data, 'little')
    return [(n >> (d * i)) % (1 << d) for i in range(256)]


def compress(f, d):
    return [((x << (d + 1)) + Q) // (2 * Q) % (1 << d) for x in f]


def decompress(f, d):
    return [(2 * x * Q + (1 << d)) >> (d + 1) for x in f]


def sample_ntt(seed):
    stream, a, at = hashlib.shake_128(seed).digest(3000), [], 0
    while len(a) < 256:
        c = stream[at:at + 3]
        at += 3
        a += [x for x in (c[0] + 256 * (c[1] % 16), c[1] // 16 + 16 * c[2]) if x < Q]
    return a[:256]


def sample_noise(eta, seed, n):
    word = int.from_bytes(hashlib.shake_256(seed + bytes([n])).digest(64 * eta), 'little')
    bits = [(word >> i) & 1 for i in range(512 * eta)]
    return [(sum(bits[2 * i * eta:(2 * i + 1) * eta]) -
             sum(bits[(2 * i + 1) * eta:(2 * i + 2) * eta])) % Q for i in range(256)]


def kem_keys(size, d, z):
    k, eta1, _, _ = ML_KEM[size]
    g = hashlib.sha3_512(d + bytes([k])).digest()
    rho, sigma = g[:32], g[32:]
    s = [ntt(sample_noise(eta1, sigma, i)) for i in range(k)]
    e = [ntt(sample_noise(eta1, sigma, k + i)) for i in range(k)]
    t = [poly_sum([ntt_product(sample_ntt(rho + bytes([j, i])), s[j]) for j in range(k)] + [e[i]])
         for i in range(k)]
    ek = b''.join(poly_bytes(f, 12) for f in t) + rho
    return ek, b''.join(poly_bytes(f, 12) for f in s) + ek + hashlib.sha3_256(ek).digest() + z


def kem_encrypt(size, ek, m, r):
    k, eta1, du, dv = ML_KEM[size]
    t = [bytes_poly(ek[384 * i:384 * (i + 1)], 12) for i in range(k)]
    rho = ek[384 * k:]
    y = [ntt(sample_noise(eta1, r, i)) for i in range(k)]
    e1 = [sample_noise(2, r, k + i) for i in range(k)]
    e2 = sample_noise(2, r, 2 * k)
    u = [poly_sum([ntt_inverse(poly_sum([ntt_product(sample_ntt(rho + bytes([i, j])), y[j])
                                         for j in range(k)])), e1[i]]) for i in range(k)]
    v = poly_sum([ntt_inverse(poly_sum([ntt_product(t[i], y[i]) for i in range(k)])), e2,
                  decompress(bytes_poly(m, 1), 1)])
    return b''.join(poly_bytes(compress(f, du), du) for f in u) + poly_bytes(compress(v, dv), dv)


def kem_encapsulate(size, ek, m):
    g = hashlib.sha3_512(m + hashlib.sha3_256(ek).digest()).digest()
    return g[:32], kem_encrypt(size, ek, m, g[32:])


def kem_decapsulate(size, dk, c):
    k, _, du, dv = ML_KEM[size]
    ek, h, z = dk[384 * k:768 * k + 32], dk[768 * k + 32:768 * k + 64], dk[768 * k + 64:]
    s = [bytes_poly(dk[384 * i:384 * (i + 1)], 12) for i in range(k)]
    u = [decompress(bytes_poly(c[32 * du * i:32 * du * (i + 1)], du), du) for i in range(k)]
    v = decompress(bytes_poly(c[32 * du * k:], dv), dv)
    w = ntt_inverse(poly_sum([ntt_product(s[i], ntt(u[i])) for i in range(k)]))
    m = poly_bytes(compress([(a - b) % Q for a, b in zip(v, w)], 1), 1)
    g = hashlib.sha3_512(m + h).digest()
    if kem_encrypt(size, ek, m, g[32:]) == c:
        return g[:32]
    return hashlib.shake_256(z + c).digest(32)


def kem_answers():
    for size in ML_KEM:
        ek, dk = kem_keys(size, pattern(1, 32), pattern(0x21, 32))
        shared, c = kem_encapsulate(size, ek, pattern(0x41, 32))
        wrong = bytes([c[0] ^ 1]) + c[1:]
        assert kem_decapsulate(size, dk, c) == shared
        print('ML-KEM-%u ek' % size, hashlib.sha256(ek).hexdigest()[:32])
        print('ML-KEM-%u c' % size, hashlib.sha256(c).hexdigest()[:32])
        print('ML-KEM-%u shared' % size, shared.hex())
        print('ML-KEM-%u rejected' % size, kem_decapsulate(size, dk, wrong).hex())


def show(name, *values):
    print(name + ''.join(' ' + v.hex() for v in values))


def main():
    check()
    for bits in (128, 192, 256):
        k = KEY[:bits // 8]
        gcm, ccm = KEY[bits // 8:bits // 8 + 4] + IV[:8], KEY[bits // 8:bits // 8 + 3] + IV[:8]
        show('AES_GCM %d' % bits, gcm_tag(k, gcm, AAD, TEXT), gcm_crypt(k, gcm, TEXT)[-16:])
        for n in (16, 12, 8):
            text = ccm_crypt(k, ccm, TEXT)
            show('AES_CCM_%d %d' % (n, bits), ccm_tag(k, ccm, AAD, text, n), text[-16:])
        show('AES_CBC %d' % bits, cbc_open(aes_inverse, k, IV, TEXT)[-16:])
        show('AES_CTR %d' % bits, ctr(k, gcm + b'\0\0\0\1', TEXT)[-16:])
    nonce = KEY[32:36] + IV[:8]
    show('CHACHA20', chacha_tag(KEY[:32], nonce, AAD, TEXT),
         chacha_crypt(KEY[:32], nonce, TEXT)[-16:])
    show('3DES', cbc_open(des3_inverse, KEY[:24], IV[:8], TEXT)[-16:])
    for name in ('sha1', 'sha256', 'sha384', 'sha512'):
        n = hashlib.new(name).digest_size
        show('HMAC ' + name, hmac.new(KEY[:n], DATA, name).digest()[:32])
    show('XCBC', xcbc(KEY[:16], DATA))
    show('CMAC', cmac(KEY[:16], DATA))
    for n in MODP:
        p = modp(n)
        show('MODP%d sha256(p)' % n, hashlib.sha256(p.to_bytes(n // 8, 'big')).digest()[:16])
    p = modp(2048)
    show('MODP2048 shared', pow(4, int.from_bytes(KEY[:8], 'big'), p).to_bytes(256, 'big')[:16])
    seed = pattern(0x20, 80)
    for name, prf in [(n, prf_hmac(n)) for n in ('sha1', 'sha256', 'sha384', 'sha512')] + \
            [('xcbc', prf_xcbc), ('cmac', prf_cmac)]:
        for n in (20, 16, 10):
            out = prf_plus(prf, KEY[:n], seed, 300)
            show('prf+ %s key %d' % (name, n), out[:16], hashlib.sha256(out).digest())
    kem_answers()


if __name__ == '__main__':
    main()
