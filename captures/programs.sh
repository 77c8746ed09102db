# The programs that talk while `record` records; sourced by it. One function a recording: it starts
# the server's program, taps, lets the user's program talk, checks that what arrived is what was sent,
# keeps the tap's files and says with `said` what was carried.

make_files() {
    awk -v lines=131072 -f "$here/text.awk" >"$work/file8m"
    for size in 1m:1048576 256k:262144 40k:40000; do
        head -c "${size#*:}" "$work/file8m" >"$work/file${size%:*}"
    done
    touch -d 2026-01-01T00:00:00Z "$work"/file*
    chmod 644 "$work"/file*
}

# --- servers; $served is the process id --------------------------------------------------------------
serve_web() {
    mkdir -p "$work/up"
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=ho-server -keyout "$work/key.pem" \
        -out "$work/cert.pem" 2>/dev/null
    cat >"$work/nginx.conf" <<CONF
daemon off; pid $work/nginx.pid; error_log stderr; user root;
events { }
http {
    access_log off; keepalive_timeout 3600; client_max_body_size 100m;
    client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f;
    uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;
    server {
        listen 80; listen [::]:80; listen 443 ssl; root $work;
        location /up/ { dav_methods PUT; }
    }
}
CONF
    start hoh nginx nginx -e stderr -c "$work/nginx.conf"; served=$last
    wait_for nginx listens 80
}

serve_ssh() {
    mkdir -p "$work/ssh"
    for k in host user; do
        [ -f "$work/ssh/$k" ] || ssh-keygen -q -t ed25519 -N '' -C recording -f "$work/ssh/$k"
    done
    cat >"$work/ssh/config" <<CONF
HostKey $work/ssh/host
AuthorizedKeysFile $work/ssh/user.pub
PermitRootLogin yes
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
CONF
    # sshd wants /run/sshd; the namespace has a /run of its own, so the machine's stays as it is.
    start hoh sshd sh -c "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd &&
        exec /usr/sbin/sshd -D -e -f '$work/ssh/config'"; served=$last
    wait_for sshd listens 22
    ssh_options="-F none -i $work/ssh/user -o StrictHostKeyChecking=no -o LogLevel=ERROR
        -o UserKnownHostsFile=$work/ssh/known"
}

serve_ftp() {
    mkdir -p "$work/ftp/pub" "$work/ftp/empty"
    cp "$work/file1m" "$work/ftp/pub/file"
    cat >"$work/vsftpd.conf" <<CONF
listen=YES
anonymous_enable=YES
anon_root=$work/ftp
secure_chroot_dir=$work/ftp/empty
connect_from_port_20=YES
pasv_min_port=50000
pasv_max_port=50009
seccomp_sandbox=NO
isolate_network=NO
CONF
    start hoh vsftpd vsftpd "$work/vsftpd.conf"; served=$last
    wait_for vsftpd listens 21
}

serve_dns() {
    start hoh dnsmasq dnsmasq -k --no-resolv --no-hosts --conf-file=/dev/null --pid-file= --user=root \
        --host-record=server.ho.example,$server,$server6 --address=/mail.ho.example/192.168.50.11 \
        --mx-host=ho.example,mail.ho.example,10 --auth-ttl=60 --local=/ho.example/ \
        --txt-record=ho.example,"$(head -c 250 "$work/file40k" | tr '\n' ' ')"; served=$last
    wait_for dnsmasq listens 53
}

# --- web -----------------------------------------------------------------------------------------
# get URL FILE: the user downloads
get() { in_ns boh curl -sS -o "$work/got" "$1" && cmp "$work/got" "$work/$2"; }

rec_http_download() {
    serve_web; tap 'tcp port 80'
    get "http://$server/file8m" file8m
    keep pcapng.zst pcapng.gz
    said tcp 1 BO HO "$work/file8m" 'the file'
}

rec_http_download_lossy() {
    serve_web; bad_net; tap 'tcp port 80'
    get "http://$server/file8m" file8m
    good_net; keep pcapng.zst pcapng.zst
    said tcp 1 BO HO "$work/file8m" 'the file'
}

rec_http_upload() {
    serve_web; tap 'tcp port 80'
    in_ns boh curl -sS -T "$work/file1m" "http://$server/up/file"; cmp "$work/up/file" "$work/file1m"
    keep pcapng.zst
    said tcp 1 BO BO "$work/file1m" 'the file'
}

rec_https() {
    serve_web; tap 'tcp port 443'
    rm -f "$here/https.keys"
    in_ns boh env SSLKEYLOGFILE="$here/https.keys" curl -ksS -o "$work/got" "https://$server/file256k"
    cmp "$work/got" "$work/file256k"
    keep pcap
    said tls 1 BO HO "$work/file256k" 'the file; https.keys opens it'
}

rec_http_ipv6() {
    serve_web; tap 'tcp port 80 or icmp6'
    get "http://[$server6]/file256k" file256k
    keep pcap
    said tcp 1 BO HO "$work/file256k" 'the file'
}

# Five pages on one connection, three seconds apart.
rec_http_think() {
    serve_web; tap 'tcp port 80'
    in_ns boh curl -sS --rate 20/m -o "$work/got#1" "http://$server/file40k?[1-5]"
    for i in 1 2 3 4 5; do cmp "$work/got$i" "$work/file40k"; done
    keep pcapng
    said tcp 1 BO HO "$work/file40k" 'the last page'
}

# --- ssh ------------------------------------------------------------------------------------------
rec_scp() {
    serve_ssh; tap 'tcp port 22'
    in_ns boh scp -q $ssh_options "root@$server:$work/file1m" "$work/got"; cmp "$work/got" "$work/file1m"
    keep pcap.zst
}

# type_keys TEXT: as someone types, then Return and a look at what it says
type_keys() {
    printf '%s\n' "$1" | fold -w 1 | while IFS= read -r key; do printf '%s' "$key"; sleep 0.08; done
    printf '\r'; sleep "$2"
}

rec_ssh_interactive() {
    serve_ssh; tap 'tcp port 22'
    {
        sleep 2 # until the shell is there
        type_keys 'ls -l /' 1
        type_keys 'seq 1 400' 2.5
        type_keys 'head -n 20 file40k' 1.5
        type_keys 'echo it stays' 1
        type_keys 'exit' 0.5
    } | in_ns boh ssh -tt $ssh_options "root@$server" \
        "cd '$work' && exec env -i TERM=vt100 PATH=/usr/bin:/bin PS1='ho\$ ' sh" >"$work/screen"
    grep -q '^it stays' "$work/screen"
    keep pcapng
}

# --- ftp ------------------------------------------------------------------------------------------
rec_ftp_active() {
    serve_ftp; tap tcp
    in_ns boh curl -sS -P - --disable-eprt -o "$work/got" "ftp://$server/pub/file"
    cmp "$work/got" "$work/file1m"
    keep pcap.zst
    said tcp 2 HO HO "$work/file1m" 'the file; the server opens the data connection'
}

rec_ftp_passive() {
    serve_ftp; tap tcp
    in_ns boh curl -sS --disable-epsv -o "$work/got" "ftp://$server/pub/file"
    cmp "$work/got" "$work/file1m"
    keep pcapng.zst
    said tcp 2 BO HO "$work/file1m" 'the file'
}

# --- others ---------------------------------------------------------------------------------------
ask() { in_ns boh dig "@$server" +tries=1 "$@" >"$work/answer"; grep -q 'status: ' "$work/answer"; }

# First as a resolver asks that keeps its port, then as one that takes a new port each time.
rec_dns_ping() {
    serve_dns; tap 'udp port 53 or icmp'
    for q in server.ho.example 'server.ho.example AAAA' mail.ho.example 'ho.example MX' \
        'ho.example TXT' 'nobody.ho.example' "-x $server" 'server.ho.example +noedns'; do
        ask -b $user#40053 $q
        sleep 0.7
    done
    ask server.ho.example; ask ho.example MX; ask nobody.ho.example
    in_ns boh ping -q -c 10 -i 0.5 $server >"$work/answer"
    grep -q ' 0% packet loss' "$work/answer"
    keep pcapng pcapng
}

# The user sends a list and closes; only then does the server count it and answer.
rec_half_closed() {
    start hoh socat socat -t 60 TCP-LISTEN:18080,reuseaddr "SYSTEM:wc -c; cat '$work/file256k'"
    served=$last
    wait_for socat listens 18080
    tap 'tcp port 18080'
    in_ns boh socat -t 60 - "TCP:$server:18080" <"$work/file40k" >"$work/got"
    { echo 40000; cat "$work/file256k"; } | cmp - "$work/got"
    keep pcap
    said tcp 1 BO BO "$work/file40k" 'the list'
    said tcp 1 BO HO "$work/got" 'how long it was, and a file'
}
