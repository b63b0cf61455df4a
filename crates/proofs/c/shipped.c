/*
 * An app in C with the library as it ships, under observation: pictures in, tracked and drawn over on a software device,
 * pictures out. It says where it stands, and waits for a line before it goes on, as the other programs under observation do.
 *
 *     shipped frames SEED PICTURES EFFECTS          the scenes of proof 14
 *     shipped loop SEED PICTURES EFFECTS            the pictures again and again
 *     shipped whole SEED PICTURES EFFECTS [FILE]    from consent to the end without a word; FILE is written: the control
 *     shipped careless SEED PICTURES EFFECTS        the control: a copy of a picture is kept
 *     shipped syscalls SEED PICTURES EFFECTS FILE STATUS CALL...
 *                                                   steady frames, while any system call but those of these numbers kills the
 *                                                   program, which else ends with STATUS; FILE, if it is named, is written: the
 *                                                   control
 *
 * PICTURES is a folder with picture-0.rgba to picture-6.rgba, the last one with nobody in it. SEED is what they follow from.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "moretta.h"

/* As crates/proofs/src/portrait.rs has them. */
enum { WIDTH = 320, HEIGHT = 256, BYTES = WIDTH * HEIGHT * 4, FRAMES = 6, WORN = 3 };

#if defined(__x86_64__)
#define PROCESSOR AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define PROCESSOR AUDIT_ARCH_AARCH64
#endif

static const char *const names[WORN] = { "golden-hour", "glasses3d", "cat" };

static moretta_session *session;
static moretta_effect *worn[WORN];
static uint8_t *camera, *screen, *seen;
static const char *pictures;

/* All pictures, once they are not to be read from files any more. */
static uint8_t *album;

static void check(moretta_status status, const char *what)
{
    if (status < 0) {
        fprintf(stderr, "%s: %s: %s\n", what, moretta_status_name(status), moretta_last_error());
        exit(1);
    }
}

static void say(const char *word)
{
    printf("%s\n", word);
    fflush(stdout);
}

static void pause_at(const char *word)
{
    char byte;
    say(word);
    while (read(0, &byte, 1) == 1 && byte != '\n')
        ;
}

static void wipe(uint8_t *bytes)
{
    volatile uint8_t *to = bytes;
    size_t at;
    for (at = 0; at < BYTES; at++)
        to[at] = 0;
}

/* Straight into the app's own memory: no buffer of the C library's holds a piece of it. */
static void take(int number, uint8_t *into)
{
    char path[4096];
    size_t done = 0;
    int file;
    if (album) {
        memcpy(into, album + (size_t)number * BYTES, BYTES);
        return;
    }
    snprintf(path, sizeof(path), "%s/picture-%d.rgba", pictures, number);
    file = open(path, O_RDONLY);
    while (file >= 0 && done < BYTES) {
        ssize_t got = read(file, into + done, BYTES - done);
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    if (file < 0 || done < BYTES) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    close(file);
}

/* `frame` says when it was taken. */
static void hand_over(int frame)
{
    moretta_frame it = MORETTA_FRAME_INIT;
    moretta_picture out = MORETTA_PICTURE_INIT;
    it.format = MORETTA_FORMAT_RGBA8;
    it.width = WIDTH;
    it.height = HEIGHT;
    it.plane_count = 1;
    it.flags = MORETTA_FRAME_CONSUMED;
    it.timestamp_ns = ((uint64_t)frame + 1) * UINT64_C(33000000);
    it.planes[0].data = camera;
    it.planes[0].len = BYTES;
    it.planes[0].row_stride = WIDTH * 4;
    it.planes[0].pixel_stride = 4;
    out.format = MORETTA_FORMAT_RGBA8;
    out.data = screen;
    out.len = BYTES;
    out.row_stride = WIDTH * 4;
    check(moretta_process(session, &it, &out, NULL), "process");
}

static void show_nobody(int after)
{
    take(FRAMES, camera);
    hand_over(FRAMES + after);
    wipe(screen);
}

static void show_portrait(void)
{
    int frame;
    for (frame = 0; frame < FRAMES; frame++) {
        size_t at, changed = 0;
        take(frame, camera);
        hand_over(frame);
        /* A byte at a time: no register of the app's may hold a piece. */
        take(frame, seen);
        for (at = 0; at < BYTES; at++)
            changed += ((volatile uint8_t *)seen)[at] != ((volatile uint8_t *)screen)[at];
        wipe(seen);
        wipe(screen);
        if (changed < 100) {
            fprintf(stderr, "picture %d: %lu bytes drawn over: nothing is worn\n", frame, (unsigned long)changed);
            exit(1);
        }
    }
}

/* Each picture with each effect, as if the first were the first of all. */
static void show(void)
{
    int which;
    for (which = 0; which < WORN; which++) {
        check(moretta_wear(session, MORETTA_EVERYONE, NULL), "wear");
        show_nobody(0);
        check(moretta_wear(session, MORETTA_EVERYONE, worn[which]), "wear");
        show_portrait();
    }
}

static void lose(void)
{
    int after;
    for (after = 0; after < 3; after++)
        show_nobody(after);
}

static void finish(void)
{
    int which;
    for (which = 0; which < WORN; which++)
        check(moretta_effect_free(worn[which]), "free");
    check(moretta_destroy(session), "destroy");
}

/* From here on any system call but `count` of these numbers kills the process, whichever thread makes it. */
static void cut_off_system_calls(char **numbers, int count)
{
    enum { MOST = 16 };
    struct sock_filter filter[MOST + 5];
    struct sock_fprog program;
    size_t at = 0;
    int call;
    if (count > MOST)
        exit(2);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROCESSOR, 0, count + 1);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (call = 0; call < count; call++)
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(numbers[call]),
                                                    (unsigned char)(count - call), 0);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = (unsigned short)at;
    program.filter = filter;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) {
        perror("system calls cannot be cut off");
        exit(1);
    }
}

/* The face is followed, lost and found again: first to get into the swing, then with system calls cut off. */
static void steady(char **arguments, int count)
{
    enum { FIRST = 3, ROUNDS = 8 };
    const char *name = arguments[0];
    int round, number;
    uint8_t *all = (uint8_t *)malloc((size_t)(FRAMES + 1) * BYTES);
    if (!all || count < 3)
        exit(2);
    for (number = 0; number <= FRAMES; number++)
        take(number, all + (size_t)number * BYTES);
    album = all;
    show();
    for (round = 0; round < FIRST + ROUNDS; round++) {
        if (round == FIRST)
            cut_off_system_calls(arguments + 2, count - 2);
        show_portrait();
        lose();
    }
    if (*name) {
        int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file < 0 || write(file, screen, BYTES) != BYTES)
            _exit(1);
    }
    _exit(atoi(arguments[1])); /* the clean-up makes other calls */
}

static void start(const char *effects)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    int which;
    options.policy = MORETTA_POLICY_STRICT;
    options.max_faces = 2; /* as the prover has it */
    options.software = MORETTA_SOFTWARE_ONLY;
    check(moretta_create(MORETTA_ABI, &options, &session), "create");
    check(moretta_consent_give(session, MORETTA_AGE_FROM_14), "consent");
    for (which = 0; which < WORN; which++) {
        char path[4096];
        int len = snprintf(path, sizeof(path), "%s/%s", effects, names[which]);
        check(moretta_effect_from_path(session, path, (size_t)len, &worn[which]), names[which]);
    }
    camera = (uint8_t *)calloc(3, BYTES);
    if (!camera)
        exit(1);
    screen = camera + BYTES;
    seen = screen + BYTES;
}

int main(int count, char **arguments)
{
    const char *scene = count > 1 ? arguments[1] : "";
    if (count < 5) {
        fprintf(stderr, "usage: shipped frames|loop|whole|careless|syscalls SEED PICTURES EFFECTS ...\n");
        return 2;
    }
    pictures = arguments[3];
    start(arguments[4]);
    if (strcmp(scene, "frames") == 0) {
        show();
        pause_at("READY");
        lose();
        pause_at("LOST");
        show();
        check(moretta_wipe_all(), "wipe");
        pause_at("WIPED");
        show();
        check(moretta_pause(session), "pause");
        pause_at("PAUSED");
        check(moretta_resume(session), "resume");
        show();
        finish();
        pause_at("DROPPED");
    } else if (strcmp(scene, "loop") == 0) {
        printf("APP %lx-%lx\n", (unsigned long)(uintptr_t)camera, (unsigned long)(uintptr_t)(camera + 3 * BYTES));
        show();
        say("LOOP");
        for (;;)
            show();
    } else if (strcmp(scene, "careless") == 0) {
        uint8_t *kept = (uint8_t *)malloc(BYTES);
        show();
        if (!kept)
            return 1;
        take(0, kept);
        pause_at("READY");
        free(kept);
        finish();
    } else if (strcmp(scene, "syscalls") == 0) {
        steady(arguments + 5, count - 5);
    } else if (strcmp(scene, "whole") == 0) {
        show();
        lose();
        check(moretta_wipe_all(), "wipe");
        check(moretta_pause(session), "pause");
        check(moretta_resume(session), "resume");
        show();
        if (count > 5) {
            int file = open(arguments[5], O_WRONLY | O_CREAT | O_TRUNC, 0600);
            if (file < 0 || write(file, screen, BYTES) != BYTES)
                return 1;
            close(file);
        }
        finish();
    } else {
        fprintf(stderr, "no scene %s\n", scene);
        return 2;
    }
    free(camera);
    return 0;
}
