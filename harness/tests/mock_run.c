#include "tests/mock_run.h"

#include "base/hex.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "evidence/event_line.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct mono when(const struct mock_run *m)
{
    return (struct mono){m->now_us * 1000};
}

/* --- lines -------------------------------------------------------------------------------------
 */

void mock_say(struct mock_run *m, const char *what, const char *fmt, ...)
{
    va_list ap;

    event_line_start(&m->line, what);
    buf_addc(&m->line, ' ');
    va_start(ap, fmt);
    buf_vaddf(&m->line, fmt, ap);
    va_end(ap);
    evidence_event(m->w, when(m), buf_bytes(&m->line));
}

void mock_frame(struct mock_run *m, enum evidence_leg leg, struct bytes frame, const char *remark)
{
    evidence_frame(m->w, leg, when(m), frame, remark);
}

/* --- the plan ----------------------------------------------------------------------------------
 */

static struct ip_addr addr(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static struct ip_net net(const char *text)
{
    struct ip_net n;

    assert_ok(ip_net_parse(text, &n));
    return n;
}

static void make_plan(struct mock_run *m)
{
    struct plan_lab *l = &m->plan.lab;

    l->mode = m->opts.pair ? MODE_PAIR : MODE_PEER;
    l->device_site = m->opts.device_at_ho ? SITE_HO : SITE_BO;
    l->bo_host = addr("10.1.0.10");
    l->ho_host = addr("192.168.50.10");
    l->bo_outside = addr("209.165.201.2");
    l->ho_outside = addr("209.165.200.10");
    l->bo_wan_router = addr("209.165.201.1");
    l->ho_wan_router = addr("209.165.200.9");
    l->bo_net = net("10.1.0.0/24");
    l->ho_net = net("0.0.0.0/0");
    l->mgmt_device = addr("10.2.0.1");
    l->mgmt_device2 = addr("10.2.0.3");
    l->mgmt_host = addr("10.2.0.2");
    m->stream = (struct plan_stream){.id = "dl", .capture = "", .after = -1};
    m->event = (struct plan_event){.id = "cut",
                                   .action = ACTION_PHASE2_DELETE,
                                   .leg = LEG_WAN,
                                   .by = ACTOR_PEER,
                                   .when = WHEN_OFFSET,
                                   .percent = 40,
                                   .after = -1};
    m->plan.id = "mock";
    m->plan.title = m->plan.about = "";
    m->plan.file = "mock.xml";
    m->plan.streams = &m->stream;
    m->plan.nstreams = 1;
    m->plan.events = &m->event;
    m->plan.nevents = 1;
    m->plan.devices[0] = (struct plan_device){.site = l->device_site, .type = "reference"};
    m->plan.ndevices = 1;
    m->plan.timeout = SPAN_S(3600);
}

/* --- begin -------------------------------------------------------------------------------------
 */

/* The byte at POS of what SENDER says. */
uint8_t mock_byte(int sender, int64_t pos);

static void hex_digest(int sender, size_t n, char out[65])
{
    uint8_t *all = mem_array(n, 1), d[32];

    for (size_t i = 0; i < n; i++)
        all[i] = mock_byte(sender, (int64_t)i);
    struct bytes part = bytes_of(all, n);
    digest_sum(DIGEST_SHA256, &part, 1, d);
    hex_format(bytes_of(d, sizeof(d)), out);
    mem_free(all);
}

static void say_stream(struct mock_run *m)
{
    char bo[ENDPOINT_TEXT], ho[ENDPOINT_TEXT], down[65], up[65];
    const char *proto = m->opts.proto ? m->opts.proto : "tcp";

    hex_digest(1, MOCK_DOWN, down);
    hex_digest(0, MOCK_UP, up);
    mock_say(m, "stream",
             "id=dl proto=%s bo=%s ho=%s opener=bo bytes_ho_to_bo=%u bytes_bo_to_ho=%u "
             "sha256_ho_to_bo=%s sha256_bo_to_ho=%s",
             proto, endpoint_format(&m->at[0], bo), endpoint_format(&m->at[1], ho), MOCK_DOWN,
             MOCK_UP, down, up);
}

void mock_begin(struct mock_run *m, const struct mock_options *opts)
{
    struct diag why = {0};

    *m = (struct mock_run){0};
    if (opts)
        m->opts = *opts;
    make_plan(m);
    strcpy(m->path, "/tmp/holdfast-mock-XXXXXX");
    int fd = mkstemp(m->path);
    assert_true(fd >= 0);
    close(fd);
    struct evidence_meta meta = {.version = "holdfast test",
                                 .headers_only = m->opts.headers_only,
                                 .virtual_time = !m->opts.real_time,
                                 .epoch_ns = INT64_C(1767225600000000000)};
    assert_ok(evidence_create(m->path, &meta, &m->w, &why));
    rng_seeded_init(&m->rng, 1, "mock");
    uint16_t port = m->opts.proto && strcmp(m->opts.proto, "icmp") == 0 ? 7 : 40000;
    m->at[0] = (struct endpoint){m->plan.lab.bo_host, port};
    m->at[1] = (struct endpoint){m->plan.lab.ho_host, port == 7 ? 7 : 80};
    m->outside = m->at[0];
    if (m->opts.nat)
        m->outside = (struct endpoint){addr("172.16.0.1"), 61000};
    m->isn[0] = 1000;
    m->isn[1] = 0xffffff00; /* the numbers wrap during the run */
    m->offset[0] = 0x12345678;
    m->offset[1] = 0x00777777;
    mock_say(m, "device", "site=bo type=reference version=\"holdfast test\"");
    mock_say(m, "event", "id=cut action=phase2-delete by=peer state=planned");
    say_stream(m);
}

/* --- end ---------------------------------------------------------------------------------------
 */

static void finish(struct mock_run *m)
{
    struct diag why = {0};

    if (m->w)
        assert_ok(evidence_close(m->w, when(m), &why));
    m->w = NULL;
}

uint8_t *mock_evidence(struct mock_run *m, size_t *n)
{
    finish(m);
    uint8_t *p = test_file(m->path, n);
    assert_non_null(p);
    return p;
}

static struct judgement *judge(struct mock_run *m, const struct plan *plan)
{
    size_t n;
    uint8_t *file = mock_evidence(m, &n);
    struct evidence_reader *r;
    struct judgement *out;
    struct diag why = {0};

    assert_ok(evidence_open_bytes(bytes_of(file, n), &r, &why));
    assert_ok(judge_evidence(r, plan, &out));
    evidence_reader_free(r);
    mem_free(file);
    return out;
}

#define EXPECTS_MAX 8

struct judgement *mock_judge(struct mock_run *m, const struct plan_expect *x, size_t n)
{
    struct plan_expect all[EXPECTS_MAX];

    assert_true(n < EXPECTS_MAX);
    if (n)
        memcpy(all, x, n * sizeof(*x));
    all[n] = (struct plan_expect){
        .rule = RULE_NO_CLEARTEXT, .window = {-1, -1, {0}}, .stream = -1, .any_site = true};
    for (size_t i = 0; i <= n; i++)
        all[i].at = (struct plan_place){"mock.xml", (int)i + 1};
    m->plan.expects = all;
    m->plan.nexpects = n + 1;
    struct judgement *out = judge(m, &m->plan);
    m->plan.expects = NULL;
    return out;
}

struct judgement *mock_classify(struct mock_run *m)
{
    return judge(m, NULL);
}

void mock_release(struct mock_run *m)
{
    finish(m);
    unlink(m->path);
    for (int way = 0; way < 2; way++)
        esp_sa_free(m->sa[way].out);
    buf_release(&m->line);
}
