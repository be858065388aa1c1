// A CUDA driver that has no card: it keeps memory, counts launches and what is taken of memory, and writes each kernel's PTX
// into the folder NO_CARD, but runs none, so what a kernel would have written stays 0. It answers what cubecl asks of an
// H100, or of the compute capability NO_CARD_ARCH. Time is counted in launches, so tuning chooses the same each time. See
// scripts/cuda-kernels.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, OUT_OF_MEMORY = 2, NO_SUCH_DEVICE = 101, NOT_SUPPORTED = 801, HEAD = 16 };

struct function {
    char name[512];
    long launches;
    struct function *next;
};
static struct function *functions;
static long modules, launches;

static int capability(void) {
    const char *asked = getenv("NO_CARD_ARCH");
    return asked ? atoi(asked) : 90;
}

static FILE *file(const char *name) {
    char path[4096];
    const char *folder = getenv("NO_CARD");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    return fopen(path, "w");
}

#define SUCCEEDS(name) \
    int name(void) { return SUCCESS; }
SUCCEEDS(cuInit)
SUCCEEDS(cuCtxSetCurrent)
SUCCEEDS(cuStreamSynchronize)
SUCCEEDS(cuStreamWaitEvent)
SUCCEEDS(cuStreamDestroy_v2)
SUCCEEDS(cuEventSynchronize)
SUCCEEDS(cuEventQuery)
SUCCEEDS(cuModuleUnload)
SUCCEEDS(cuFuncSetAttribute)
// What they describe is read by kernels alone.
SUCCEEDS(cuTensorMapEncodeTiled)
SUCCEEDS(cuTensorMapEncodeIm2col)
SUCCEEDS(cuTensorMapEncodeIm2colWide)

int cuDriverGetVersion(int *version) { return *version = 12090, SUCCESS; }
int cuDeviceGetCount(int *count) { return *count = 1, SUCCESS; }
int cuDeviceGet(int *device, int nth) { return *device = nth, nth ? NO_SUCH_DEVICE : SUCCESS; }
int cuDeviceGetName(char *name, int room) { return snprintf(name, room, "no card"), SUCCESS; }
int cuDeviceGetPCIBusId(char *name, int room) { return snprintf(name, room, "0000:01:00.0"), SUCCESS; }
int cuDeviceTotalMem_v2(size_t *bytes) { return *bytes = (size_t)80 << 30, SUCCESS; }
int cuDevicePrimaryCtxRetain(void **context) { return *context = &functions, SUCCESS; }
int cuCtxGetStreamPriorityRange(int *least, int *most) { return *least = 0, *most = -5, SUCCESS; }

int cuDeviceGetAttribute(int *value, int attribute) {
    static const int h100[][2] = {
        {1, 1024},       {2, 1024},      {3, 1024},     {4, 64},      // threads of a block, all and each way
        {5, 2147483647}, {6, 65535},     {7, 65535},                  // blocks, each way
        {8, 49152},      {97, 232448},   {81, 233472},                // shared memory: a block's, that on demand, and all
        {10, 32},        {16, 132},      {115, 1},                    // threads of a warp, multiprocessors, memory pools
    };
    *value = attribute == 75 ? capability() / 10 : attribute == 76 ? capability() % 10 : 0;
    for (size_t i = 0; i < sizeof h100 / sizeof *h100; i++)
        if (h100[i][0] == attribute) *value = h100[i][1];
    return SUCCESS;
}

// What NVIDIA's libraries share with the driver: a table of nothing but its own size. NVRTC looks for one.
int cuGetExportTable(const void **table, const void *which) {
    static const size_t bare[1] = {sizeof bare};
    (void)which;
    return *table = bare, SUCCESS;
}

static int take(void **place, size_t bytes) {
    *place = calloc(1, bytes ? bytes : 1);
    return *place ? SUCCESS : OUT_OF_MEMORY;
}
int cuMemAllocHost_v2(void **place, size_t bytes) { return take(place, bytes); }
int cuMemFreeHost(void *place) { return free(place), SUCCESS; }

// The card's own memory, whose size stands before it.
static size_t taken, most_taken;
int cuMemAllocAsync(char **place, size_t bytes) {
    size_t *size;
    if (take((void **)&size, HEAD + bytes) != SUCCESS) return OUT_OF_MEMORY;
    *size = bytes;
    size_t now = __atomic_add_fetch(&taken, bytes, __ATOMIC_RELAXED);
    if (now > most_taken) most_taken = now;
    return *place = (char *)size + HEAD, SUCCESS;
}
int cuMemFreeAsync(char *place) {
    size_t *size = (size_t *)(place - HEAD);
    __atomic_sub_fetch(&taken, *size, __ATOMIC_RELAXED);
    return free(size), SUCCESS;
}
int cuMemAlloc_v2(char **place, size_t bytes) { return cuMemAllocAsync(place, bytes); }
int cuMemFree_v2(char *place) { return cuMemFreeAsync(place); }

int cuMemcpyHtoDAsync_v2(void *to, const void *from, size_t bytes) { return memcpy(to, from, bytes), SUCCESS; }
int cuMemcpyDtoHAsync_v2(void *to, const void *from, size_t bytes) { return memcpy(to, from, bytes), SUCCESS; }
int cuMemcpyDtoDAsync_v2(void *to, const void *from, size_t bytes) { return memmove(to, from, bytes), SUCCESS; }

struct side {
    size_t x, y;
    int kind;
    char *host, *device;
    void *array;
    size_t pitch;
};
struct rectangle {
    struct side from, to;
    size_t width, height;
};
static char *row(const struct side *side, size_t y) {
    return (side->kind == 1 ? side->host : side->device) + (side->y + y) * side->pitch + side->x;
}
int cuMemcpy2DAsync_v2(const struct rectangle *copy) {
    for (size_t y = 0; y < copy->height; y++) memcpy(row(&copy->to, y), row(&copy->from, y), copy->width);
    return SUCCESS;
}

int cuStreamCreate(void **stream) { return take(stream, 1); }
int cuStreamCreateWithPriority(void **stream) { return take(stream, 1); }
int cuEventCreate(void **event) { return take(event, sizeof launches); }
int cuEventDestroy_v2(void *event) { return free(event), SUCCESS; }
int cuEventRecord(long *event) { return *event = launches, SUCCESS; }
int cuEventElapsedTime(float *ms, const long *from, const long *to) { return *ms = 10.0f * (float)(*to - *from), SUCCESS; }
int cuEventElapsedTime_v2(float *ms, const long *from, const long *to) { return cuEventElapsedTime(ms, from, to); }

int cuModuleLoadData(void **module, const char *ptx) {
    char name[32];
    long nth = __atomic_add_fetch(&modules, 1, __ATOMIC_RELAXED);
    snprintf(name, sizeof name, "%05ld.ptx", nth);
    FILE *to = file(name);
    if (!to) return NOT_SUPPORTED;
    fputs(ptx, to);
    fclose(to);
    return *module = (void *)nth, SUCCESS;
}

int cuModuleGetFunction(struct function **function, void *module, const char *name) {
    (void)module;
    struct function *found = calloc(1, sizeof *found);
    if (!found) return OUT_OF_MEMORY;
    snprintf(found->name, sizeof found->name, "%s", name);
    found->next = __atomic_load_n(&functions, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&functions, &found->next, found, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {}
    return *function = found, SUCCESS;
}

int cuLaunchKernel(struct function *function) {
    __atomic_add_fetch(&function->launches, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&launches, 1, __ATOMIC_RELAXED);
    // What measures a card's throughput repeats until that takes time.
    if (strstr(function->name, "throughput")) usleep(25000);
    return SUCCESS;
}

int cuGetErrorName(int error, const char **name) {
    return *name = error == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR", SUCCESS;
}
int cuGetErrorString(int error, const char **words) { return cuGetErrorName(error, words); }

__attribute__((destructor)) static void report(void) {
    FILE *to = functions ? file("launches.tsv") : NULL;
    if (!to) return;
    for (struct function *of = functions; of; of = of->next) fprintf(to, "%ld\t%s\n", of->launches, of->name);
    fclose(to);
    if (!(to = file("memory"))) return;
    fprintf(to, "%zu\n", most_taken);
    fclose(to);
}
