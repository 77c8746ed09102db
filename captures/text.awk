# Numbered lines of 64 bytes: line N stands at offset 64 * N and no two are alike, so a byte that is
# lost, doubled or moved shows, and the line says where it belongs.
#   awk -v lines=COUNT -f text.awk
# Park and Miller's generator: its products stay below 2^53, so every awk makes the same text.
BEGIN {
    for (x = 1; i < lines; i++) {
        x = (x * 16807) % 2147483647
        printf "%07d %08x of a file the branch office fetches from there\n", i, x
    }
}
