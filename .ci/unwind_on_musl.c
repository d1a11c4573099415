/* What the unwinder of a gcc that was built for glibc lacks where a program is linked with musl. */

#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stddef.h>

/* It refers to these weakly, which brings none of them into a static program. */
__attribute__((used)) static void *const needed[] = {
    pthread_getspecific,  pthread_key_create,   pthread_mutex_lock,
    pthread_mutex_unlock, pthread_once,         pthread_setspecific,
};

/* As in dlfcn.h of glibc, on x86-64. */
struct dl_find_object {
    unsigned long long flags;
    void *map_start;
    void *map_end;
    struct link_map *link_map;
    void *eh_frame;
    unsigned long long reserved[7];
};

struct search {
    ElfW(Addr) address;
    struct dl_find_object *found;
};

static int look(struct dl_phdr_info *object, size_t size, void *data)
{
    (void)size;
    struct search *search = data;
    const ElfW(Phdr) *inside = NULL;
    const ElfW(Phdr) *frames = NULL;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        ElfW(Addr) offset = search->address - (object->dlpi_addr + part->p_vaddr);
        if (part->p_type == PT_LOAD && offset < part->p_memsz)
            inside = part;
        else if (part->p_type == PT_GNU_EH_FRAME)
            frames = part;
    }
    if (!inside || !frames)
        return 0;
    search->found->map_start = (void *)(object->dlpi_addr + inside->p_vaddr);
    search->found->map_end = (char *)search->found->map_start + inside->p_memsz;
    search->found->link_map = NULL;
    search->found->eh_frame = (void *)(object->dlpi_addr + frames->p_vaddr);
    return 1;
}

/* The object in which an instruction is, and its table of frames; see _dl_find_object in the manual
 * of glibc. */
int _dl_find_object(void *address, struct dl_find_object *found)
{
    struct search search = {(ElfW(Addr))address, found};
    return dl_iterate_phdr(look, &search) ? 0 : -1;
}
