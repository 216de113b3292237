/*
 * sandbox_calls.c - an allow list, checked by the kernel at each system call
 *
 * What is not on the list fails with ENOSYS, as on a kernel without it, so that a C library
 * with newer habits falls back on older ones; clone3 is left to that on purpose, since a
 * filter can't see its flags.  What no bug of ours could ask for (another program, the network,
 * another process, the kernel's insides) kills.  Memory never becomes executable.
 */
#include "sandbox_calls.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && !defined(NO_SANDBOX)

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* As the kernel has them: <asm/termbits.h> and <sys/ioctl.h> exclude each other. */
#define IOCTL_TCGETS  0x5401u
#define IOCTL_TCGETS2 0x802C542Au

/* clang-format off */
static const int allowed[] = {
	/* files */
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek,
	SYS_openat, SYS_close, SYS_dup, SYS_dup3, SYS_fcntl, SYS_fstat, SYS_newfstatat,
	SYS_statx, SYS_faccessat, SYS_readlinkat, SYS_getcwd, SYS_getdents64, SYS_fsync,
	SYS_fdatasync, SYS_ftruncate, SYS_fchmod, SYS_fadvise64, SYS_renameat,
	SYS_renameat2, SYS_linkat, SYS_unlinkat, SYS_mkdirat, SYS_umask, SYS_ppoll,
	SYS_flock, SYS_syncfs,
#ifdef SYS_open /* what older architectures have besides */
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_rename, SYS_link,
	SYS_unlink, SYS_mkdir, SYS_rmdir, SYS_poll, SYS_dup2, SYS_time,
#endif
	/* memory */
	SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk,
	/* threads and time */
	SYS_futex, SYS_set_robust_list, SYS_get_robust_list, SYS_sched_getaffinity,
	SYS_sched_yield, SYS_membarrier, SYS_exit, SYS_exit_group, SYS_nanosleep,
	SYS_clock_nanosleep, SYS_clock_gettime, SYS_gettimeofday, SYS_set_tid_address,
#ifdef SYS_rseq
	SYS_rseq,
#endif
	/* signals */
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
	SYS_restart_syscall,
	/* about this process and machine */
	SYS_getpid, SYS_gettid, SYS_getrandom, SYS_sysinfo, SYS_uname, SYS_getrusage,
};

static const int deadly[] = {
	SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept,
	SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_bpf, SYS_keyctl, SYS_add_key,
	SYS_perf_event_open, SYS_mount, SYS_umount2, SYS_unshare, SYS_setns, SYS_chroot,
	SYS_pivot_root, SYS_init_module, SYS_finit_module, SYS_kexec_load,
	SYS_userfaultfd, SYS_setuid, SYS_setgid, SYS_setresuid,
};
/* clang-format on */

/* ---- the filter ----------------------------------------------------------------------- */

struct program {
	struct sock_filter code[2 * (sizeof(allowed) + sizeof(deadly)) / sizeof(int) + 64];
	unsigned short n;
};

static void add(struct program *p, uint16_t code, uint32_t value, uint8_t yes, uint8_t no)
{
	p->code[p->n++] = (struct sock_filter){ code, yes, no, value };
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void end(struct program *p, uint32_t verdict)
{
	add(p, BPF_RET | BPF_K, verdict, 0, 0);
}

/* Of a system call's argument, the lower half: both architectures are little-endian. */
static void load_argument(struct program *p, unsigned i)
{
	load(p, offsetof(struct seccomp_data, args) + 8 * i);
}

/* The verdict for that call; the number is loaded before and after. */
static void judge(struct program *p, int call, uint32_t verdict)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1);
	end(p, verdict);
}

/* Allowed if argument 'i' has (or, with 'clear', has none) of the bits; else it fails. */
static void judge_bits(struct program *p, int call, unsigned i, uint32_t bits, bool clear)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4);
	load_argument(p, i);
	add(p, BPF_JMP | BPF_JSET | BPF_K, bits, clear, !clear);
	end(p, SECCOMP_RET_ALLOW);
	end(p, SECCOMP_RET_ERRNO | EPERM);
}

/* Allowed if argument 'i' is one of the values; else it fails with 'number'. */
static void judge_values(struct program *p, int call, unsigned i, const uint32_t *values,
                         uint8_t n, int number)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, (uint8_t)(n + 3));
	load_argument(p, i);
	for (uint8_t k = 0; k < n; k++)
		add(p, BPF_JMP | BPF_JEQ | BPF_K, values[k], (uint8_t)(n - k), 0);
	end(p, SECCOMP_RET_ERRNO | (uint32_t)number);
	end(p, SECCOMP_RET_ALLOW);
}

static void build(struct program *p)
{
	static const uint32_t terminal[] = { IOCTL_TCGETS, IOCTL_TCGETS2, TIOCGWINSZ };
	const uint32_t self = (uint32_t)getpid(), none = 0;

	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	end(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		judge(p, allowed[i], SECCOMP_RET_ALLOW);
	judge_bits(p, SYS_mmap, 2, PROT_EXEC, true);
	judge_bits(p, SYS_mprotect, 2, PROT_EXEC, true);
	judge_bits(p, SYS_clone, 0, CLONE_THREAD, false);
	judge_values(p, SYS_tgkill, 0, &self, 1, EPERM);
#ifdef SYS_tkill
	judge_values(p, SYS_tkill, 0, &self, 1, EPERM);
#endif
	judge_values(p, SYS_prlimit64, 0, &none, 1, EPERM);
	judge_values(p, SYS_ioctl, 1, terminal, 3, ENOTTY);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		judge(p, deadly[i], SECCOMP_RET_KILL_PROCESS);
	end(p, SECCOMP_RET_ERRNO | ENOSYS); /* x32's numbers, too */
}

bool sandbox_calls_known(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

int sandbox_calls_limit(void)
{
	struct program p;
	struct sock_fprog filter = { .filter = p.code };

	build(&p);
	filter.len = p.n;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter)
	               ? -1
	               : 0;
}

#else

#include <errno.h>

bool sandbox_calls_known(void)
{
	return false;
}

int sandbox_calls_limit(void)
{
	errno = ENOSYS;
	return -1;
}

#endif
