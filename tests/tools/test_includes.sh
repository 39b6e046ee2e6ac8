#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Includes of ipsec.conf and ipsec.secrets as files on a disk: globs, relative names, what is missing,
# folders, files that include each other, a file from standard input.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# conf FILE LINE...: a file of these lines.
conf()
{
	file=$1
	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$@" > "$file"
}

# names WANTED: what a.conf comes to.
names()
{
	seen=$("$BUILD/addconn" --config a.conf --listall 2>&1) || fail "a.conf: $seen"
	[ "$seen" = "$1" ] || fail "the connections are \"$seen\", not \"$1\""
}

conn()
{
	printf 'conn %s\n\tleft=192.0.2.1\n\tright=192.0.2.2\n' "$1"
}

conf d/2.conf "$(conn two)"
conf d/1.conf "$(conn one)"
conf d/.hidden.conf "$(conn hidden)"
conf d/other "$(conn other)"

# in the order of the names, no hidden ones, beside the file that includes
conf a.conf 'include d/*.conf' "$(conn last)"
names 'one two last'
cd /
seen=$("$BUILD/addconn" --config "$DIR/a.conf" --listall)
[ "$seen" = 'one two last' ] || fail "from elsewhere: $seen"
cd "$DIR"
conf a.conf "include $DIR/d/[2-9].conf"
names two
conf a.conf 'include d/{other,1.conf}'
names 'other one'
conf a.conf 'include "d/1.conf"   # in quotes'
names one
# a file that includes is where relative names begin
conf a.conf 'include d/deep/a.conf'
conf d/deep/a.conf 'include ../2.conf' "$(conn deep)"
names 'two deep'
# nothing matches: no word about a glob, a warning of a name
conf a.conf 'include none/*.conf' "$(conn a)"
names a
expect 0 '^$' "$BUILD/addconn" --config a.conf --checkconfig
conf a.conf 'include none.conf' "$(conn a)"
names a
expect 0 'a.conf:1:9: warning: none.conf: no such file to include' "$BUILD/addconn" --config a.conf --checkconfig
# what cannot be read
conf a.conf 'include d' "$(conn a)"
expect 3 'a.conf:1:9: error: d: cannot be read: Is a directory' "$BUILD/addconn" --config a.conf --checkconfig
# loops
conf a.conf 'include a.conf'
expect 3 'a.conf:1:9: error: files include each other more than 10 deep' "$BUILD/addconn" --config a.conf --checkconfig
conf a.conf 'include d/*.conf' 'include d/1.conf'
expect 3 'd/1.conf:1:6: error: conn one is read twice' "$BUILD/addconn" --config a.conf --checkconfig
# an error in an included file has its name and line
conf d/2.conf "$(conn two)" '	rightid=@x' '	rigt=x'
conf a.conf 'include d/2.conf'
expect 3 'd/2.conf:5:2: error: conn two: unknown word "rigt": did you mean right' \
	"$BUILD/addconn" --config a.conf --checkconfig
# standard input, where a relative name is beside the folder at work
seen=$(printf 'include d/1.conf\nconn in\n left=192.0.2.1' | "$BUILD/addconn" --config - --listall)
[ "$seen" = 'one in' ] || fail "from standard input: $seen"

# the same of secrets, where nothing is loaded in part
cat > a.conf << END
config setup
	ipsecdir=$DIR/ipsec.d
	secretsfile=$DIR/secrets
conn a
	left=127.0.0.1
	right=192.0.2.77
	authby=secret
END
secrets()
{
	conf "$@"
	chmod 600 "$1"
}
secrets secrets 'include s/*.secrets'
secrets s/a.secrets '127.0.0.1 192.0.2.77 : PSK "x"'
expect 0 '^$' ipsec --config "$DIR/a.conf" checkconfig
secrets s/b.secrets '# fine' '@b : PSK "hush' ''
expect 6 's/b.secrets:2:10: error: .*quote is not closed' ipsec --config "$DIR/a.conf" checkconfig
lacks hush
secrets s/b.secrets 'include b.secrets'
expect 6 's/b.secrets:1:9: error: include is nested more than 10 deep' ipsec --config "$DIR/a.conf" checkconfig
secrets s/b.secrets 'include none'
expect 0 'warning: .*/s/none: no file to include has this name' ipsec --config "$DIR/a.conf" checkconfig
chmod 644 s/b.secrets
expect 0 'warning: .*b.secrets: others than its owner can read' ipsec --config "$DIR/a.conf" checkconfig
