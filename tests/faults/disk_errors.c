/* Preloaded: what the disk refuses of one file. FAULTS_DISK_PATH is the end of its path; FAULTS_DISK_READ and
   FAULTS_DISK_WRITE are the errors (numbers) with which reading it, and writing or syncing it, fails; unset: it does not. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int refused(int descriptor, const char *operation) {
    const char *end = getenv("FAULTS_DISK_PATH"), *error = getenv(operation);
    if (end == NULL || error == NULL || *end == 0 || *error == 0) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    size_t wanted = strlen(end);
    if ((size_t)length < wanted || strcmp(path + length - wanted, end) != 0) return 0;
    errno = atoi(error);
    return 1;
}

#define WRAP(type, name, operation, parameters, ...)                                  \
    type name parameters {                                                            \
        static type (*real) parameters;                                               \
        if (real == NULL) real = (type(*) parameters) dlsym(RTLD_NEXT, #name);        \
        if (refused(descriptor, operation)) return -1;                                \
        return real(__VA_ARGS__);                                                     \
    }

#define READ "FAULTS_DISK_READ"
#define WRITE "FAULTS_DISK_WRITE"

WRAP(ssize_t, read, READ, (int descriptor, void *to, size_t count), descriptor, to, count)
WRAP(ssize_t, pread, READ, (int descriptor, void *to, size_t count, off_t at), descriptor, to, count, at)
WRAP(ssize_t, pread64, READ, (int descriptor, void *to, size_t count, off64_t at), descriptor, to, count, at)
WRAP(ssize_t, write, WRITE, (int descriptor, const void *from, size_t count), descriptor, from, count)
WRAP(ssize_t, pwrite, WRITE, (int descriptor, const void *from, size_t count, off_t at), descriptor, from, count, at)
WRAP(ssize_t, pwrite64, WRITE, (int descriptor, const void *from, size_t count, off64_t at), descriptor, from, count, at)
WRAP(int, fsync, WRITE, (int descriptor), descriptor)
WRAP(int, fdatasync, WRITE, (int descriptor), descriptor)
