/*
 * Measures the minimum cost of a turn: blocking reads and writes on the pipes of a worker, and nothing else.
 *
 *   turns RUNTIME MODE [N]     runs N turns after a warm-up, and prints the mean time of one turn, e.g. "C suspend 23.1 us"
 *
 *   suspend   answer a function call, which continues the script to the next call
 *   args      like suspend, with 8 arguments in the call, one of them a str of 10 KB
 *   feed      feed "1+1" to a configured session
 *   oneshot   configure, feed "1+1" and reset in one write, with three replies
 *
 * bench/Monty.Benchmarks compares the .NET client with this program.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The field numbers of src/Monty.Interop/Wire/monty.proto. */
enum { CONFIGURE = 1, FEED = 3, RESUME_CALL = 4, RESET = 9 };
enum { FUNCTION_CALL = 2, COMPLETE = 6, OK = 10 };
enum { PROTOCOL_VERSION = 2, MANY_SUSPENSIONS = 1000000000 };
enum { VARINT = 0, LENGTH_DELIMITED = 2 };

static const char *const endless_calls = "def ask():\n    while True:\n        tool()\nask()";
static const char *const endless_calls_with_arguments =
    "text = 'x' * 10240\ndef ask():\n    while True:\n"
    "        tool(1, 2.5, True, None, 'name', [1, 2, 3], {'key': 'value'}, text)\nask()";

static void die(const char *what)
{
    fprintf(stderr, "turns: %s\n", what);
    exit(1);
}

/* ---- writing: messages are small, so a fixed buffer is large enough ---- */

struct message {
    size_t length;
    uint8_t bytes[256];
};

static void put_byte(struct message *m, uint8_t byte)
{
    if (m->length == sizeof m->bytes) die("a message is larger than its buffer");
    m->bytes[m->length++] = byte;
}

static void put_bytes(struct message *m, const void *data, size_t length)
{
    for (size_t i = 0; i < length; i++) put_byte(m, ((const uint8_t *)data)[i]);
}

static void put_varint(struct message *m, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) put_byte(m, (uint8_t)(value | 0x80));
    put_byte(m, (uint8_t)value);
}

static void put_number(struct message *m, int field, uint64_t value)
{
    put_varint(m, (uint64_t)(field << 3 | VARINT));
    put_varint(m, value);
}

static void put_blob(struct message *m, int field, const void *data, size_t length)
{
    put_varint(m, (uint64_t)(field << 3 | LENGTH_DELIMITED));
    put_varint(m, length);
    put_bytes(m, data, length);
}

static void put_nested(struct message *m, int field, const struct message *inner)
{
    put_blob(m, field, inner->bytes, inner->length);
}

/* Appends one request as a frame: the length in four bytes (little-endian), and then the body. */
static void put_request(struct message *out, int kind, const struct message *payload)
{
    struct message body = { 0 };
    put_nested(&body, kind, payload);
    for (int shift = 0; shift < 32; shift += 8) put_byte(out, (uint8_t)(body.length >> shift));
    put_bytes(out, body.bytes, body.length);
}

static void put_configure(struct message *out)
{
    struct message limits = { 0 }, configure = { 0 };
    put_number(&limits, 5, MANY_SUSPENSIONS);
    put_blob(&configure, 1, "main.py", strlen("main.py"));
    put_nested(&configure, 2, &limits);
    put_number(&configure, 9, PROTOCOL_VERSION);
    put_request(out, CONFIGURE, &configure);
}

static void put_feed(struct message *out, const char *code)
{
    struct message feed = { 0 };
    put_blob(&feed, 1, code, strlen(code));
    put_request(out, FEED, &feed);
}

static void put_answer(struct message *out, uint32_t call_id)
{
    struct message one = { 0 }, result = { 0 }, resume = { 0 };
    put_number(&one, 5, 2); /* the integer 1, zigzag */
    put_nested(&result, 1, &one);
    if (call_id != 0) put_number(&resume, 1, call_id);
    put_nested(&resume, 2, &result);
    put_request(out, RESUME_CALL, &resume);
}

static void put_reset(struct message *out)
{
    struct message empty = { 0 };
    put_request(out, RESET, &empty);
}

/* ---- the worker ---- */

struct worker {
    pid_t pid;
    int requests, events;
    size_t start, end; /* the bytes that were read but not yet parsed */
    uint8_t buffer[1 << 16];
};

static void start_worker(struct worker *w, const char *runtime)
{
    int down[2], up[2];
    if (pipe(down) != 0 || pipe(up) != 0) die("no pipe");
    w->pid = fork();
    if (w->pid < 0) die("no child process");
    if (w->pid == 0) {
        char *const arguments[] = { "monty", "subprocess", NULL };
        char *const environment[] = { NULL };
        dup2(down[0], STDIN_FILENO);
        dup2(up[1], STDOUT_FILENO);
        close(down[0]), close(down[1]), close(up[0]), close(up[1]);
        execve(runtime, arguments, environment);
        _exit(127);
    }
    close(down[0]), close(up[1]);
    w->requests = down[1];
    w->events = up[0];
    w->start = w->end = 0;
}

static void stop_worker(struct worker *w)
{
    close(w->requests);
    waitpid(w->pid, NULL, 0);
    close(w->events);
}

static void send_requests(struct worker *w, const struct message *m)
{
    for (size_t sent = 0; sent < m->length;) {
        ssize_t n = write(w->requests, m->bytes + sent, m->length - sent);
        if (n <= 0) die("the worker takes no more requests");
        sent += (size_t)n;
    }
}

static const uint8_t *take(struct worker *w, size_t length)
{
    if (length > sizeof w->buffer) die("an event is larger than the buffer");
    while (w->end - w->start < length) {
        if (w->start + length > sizeof w->buffer) {
            memmove(w->buffer, w->buffer + w->start, w->end - w->start);
            w->end -= w->start;
            w->start = 0;
        }
        ssize_t n = read(w->events, w->buffer + w->end, sizeof w->buffer - w->end);
        if (n <= 0) die("the worker is gone; is RUNTIME a Monty runtime?");
        w->end += (size_t)n;
    }
    const uint8_t *taken = w->buffer + w->start;
    w->start += length;
    if (w->start == w->end) w->start = w->end = 0; /* the content remains valid until the next read */
    return taken;
}

static void expect(struct worker *w, int kind)
{
    const uint8_t *prefix = take(w, 4);
    size_t length = prefix[0] | (size_t)prefix[1] << 8 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 24;
    if (length == 0) die("an empty event");
    if (take(w, length)[0] != (kind << 3 | LENGTH_DELIMITED)) die("an event of another kind than expected");
}

/* ---- the modes: the preparation, and one turn ---- */

static void configure(struct worker *w)
{
    struct message m = { 0 };
    put_configure(&m);
    send_requests(w, &m);
    expect(w, OK);
}

static void feed_until_call(struct worker *w, const char *code)
{
    struct message m = { 0 };
    configure(w);
    put_feed(&m, code);
    send_requests(w, &m);
    expect(w, FUNCTION_CALL);
}

static void reach_first_call(struct worker *w)
{
    feed_until_call(w, endless_calls);
}

static void reach_first_call_with_arguments(struct worker *w)
{
    feed_until_call(w, endless_calls_with_arguments);
}

static void stay_unconfigured(struct worker *w)
{
    (void)w;
}

static void suspend_turn(struct worker *w, uint32_t turn)
{
    struct message m = { 0 };
    put_answer(&m, turn); /* call ids start at 0 in each feed */
    send_requests(w, &m);
    expect(w, FUNCTION_CALL);
}

static void feed_turn(struct worker *w, uint32_t turn)
{
    struct message m = { 0 };
    (void)turn;
    put_feed(&m, "1+1");
    send_requests(w, &m);
    expect(w, COMPLETE);
}

static void oneshot_turn(struct worker *w, uint32_t turn)
{
    struct message m = { 0 };
    (void)turn;
    put_configure(&m);
    put_feed(&m, "1+1");
    put_reset(&m);
    send_requests(w, &m);
    expect(w, OK);
    expect(w, COMPLETE);
    expect(w, OK);
}

static const struct mode {
    const char *name;
    void (*prepare)(struct worker *);
    void (*turn)(struct worker *, uint32_t turn);
} modes[] = {
    { "suspend", reach_first_call, suspend_turn },
    { "args", reach_first_call_with_arguments, suspend_turn },
    { "feed", configure, feed_turn },
    { "oneshot", stay_unconfigured, oneshot_turn },
};

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void measure(const struct mode *mode, const char *runtime, uint32_t turns)
{
    static struct worker w;
    start_worker(&w, runtime);
    mode->prepare(&w);

    uint32_t turn = 0;
    while (turn < turns) mode->turn(&w, turn++); /* warm-up */
    double started = microseconds();
    while (turn < 2 * turns) mode->turn(&w, turn++);
    double taken = microseconds() - started;

    stop_worker(&w);
    printf("C %s %.1f us\n", mode->name, taken / turns);
}

int main(int count, char **arguments)
{
    long turns = count > 3 ? strtol(arguments[3], NULL, 10) : 20000;
    for (size_t i = 0; count > 2 && i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(arguments[2], modes[i].name) == 0 && turns > 0 && turns <= 100000000) {
            measure(&modes[i], arguments[1], (uint32_t)turns);
            return 0;
        }
    }
    fprintf(stderr, "usage: turns RUNTIME suspend|args|feed|oneshot [N]\n");
    return 2;
}
