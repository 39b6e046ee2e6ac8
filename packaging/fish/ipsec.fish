# fish completion for ipsec(8)
# SPDX-License-Identifier: Apache-2.0

# The command of the line; fails when there is none yet. `auto` is none.
function __ipsec_command
	set -l words (commandline -opc)
	set -e words[1]
	while set -q words[1]
		set -l word $words[1]
		set -e words[1]
		switch $word
			case auto
			case --config --ctlsocket --ctlbase --rundir --remote-host --last --cursor
				set -e words[1]
			case --dry-run --help --version --directory --confdir --asynchronous --verbose --utc --json '--*=*'
			case '--*'
				string sub -s 3 -- $word
				return 0
			case '*'
				echo $word
				return 0
		end
	end
	return 1
end

function __ipsec_before
	not __ipsec_command > /dev/null
end

function __ipsec_old
	__ipsec_before; and contains auto (commandline -opc)
end

# __ipsec_in COMMAND: is it the line's? "all" is any but the programs.
function __ipsec_in
	set -l command (__ipsec_command)
	if test $argv[1] = all
		not contains -- "$command" pluto whack addconn
	else
		test "$command" = $argv[1]
	end
end

# Connections of the configuration and of pluto. What is no plain word is left out.
function __ipsec_names
	set -l words (commandline -opc)
	set -l program $words[1]
	set -l config
	set -l socket
	for i in (seq 2 (count $words))
		switch $words[$i]
			case '--config=*'
				set config $words[$i]
			case '--ctlsocket=*' '--rundir=*'
				set socket $words[$i]
			case --config
				set config $words[$i] $words[(math $i + 1)]
			case --ctlsocket --rundir
				set socket $words[$i] $words[(math $i + 1)]
		end
	end
	begin
		$program addconn $config --listall | string split ' '
		$program connectionstatus $socket | string replace -rf '^000 "([^"]*)".*' '$1'
	end 2> /dev/null < /dev/null | string match -r '^[[:alnum:]_.:/@%+~-]+$' | sort -u
end

complete -c ipsec -f
# TABLE fish
