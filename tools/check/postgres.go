package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	postgresVariable = "ONEDOOR_TEST_POSTGRES"
	superuser        = "onedoor"
	startPatience    = 30 * time.Second
	stopPatience     = 15 * time.Second
)

// cluster is a PostgreSQL server for one run: on this machine only, in a
// temporary folder, as a user without privileges.
type cluster struct {
	dir  string
	port int
	as   *syscall.SysProcAttr
	cmd  *exec.Cmd
}

// startCluster makes and starts a cluster. The returned cluster is to be stopped
// even if there is an error.
func startCluster(ctx context.Context) (c *cluster, err error) {
	c = &cluster{}
	if c.dir, err = os.MkdirTemp("", "onedoor-postgres-"); err != nil {
		return c, err
	}
	if c.as, err = unprivileged(c.dir); err != nil {
		return c, err
	}
	if c.port, err = freePort(ctx); err != nil {
		return c, err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(serverBin(), "initdb"), "--pgdata", c.data(), //nolint:gosec // found by serverBin
		"--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = c.as, c.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return c, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return c, c.start(ctx)
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// url names the database that every cluster has.
func (c *cluster) url() string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/postgres?sslmode=disable", superuser, c.port)
}

// start runs the server as a child that the kernel tells when this program dies,
// and waits until it answers.
func (c *cluster) start(ctx context.Context) error {
	log, err := os.Create(filepath.Join(c.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	// Durability is not what these tests are about, and the folder goes anyway.
	c.cmd = exec.Command(filepath.Join(serverBin(), "postgres"), "-D", c.data(), "-p", strconv.Itoa(c.port), //nolint:gosec,noctx // stopped by stop
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+c.dir, "-c", "max_connections=200",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	c.cmd.SysProcAttr, c.cmd.Dir = &syscall.SysProcAttr{Credential: c.as.Credential, Setpgid: true, Pdeathsig: syscall.SIGINT}, c.dir
	c.cmd.Stdout, c.cmd.Stderr = log, log
	if err := c.cmd.Start(); err != nil {
		c.cmd = nil
		return err
	}
	patience, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		ready := exec.CommandContext(patience, filepath.Join(serverBin(), "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(c.port)) //nolint:gosec // found by serverBin
		if ready.Run() == nil {
			return nil
		}
		select {
		case <-patience.Done():
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("PostgreSQL does not answer:\n%s", text)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop ends the server and removes its folder.
func (c *cluster) stop() error {
	var err error
	if c.cmd != nil {
		gone := make(chan error, 1)
		go func() { gone <- c.cmd.Wait() }()
		_ = c.cmd.Process.Signal(syscall.SIGINT) // "fast": ends open sessions
		select {
		case <-gone:
		case <-time.After(stopPatience):
			err = errors.Join(c.cmd.Process.Kill(), errors.New("PostgreSQL had to be killed"))
			<-gone
		}
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

// unprivileged gives dir to the user postgres when this runs as root, since the
// server refuses to; anybody else runs it themselves.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil { //nolint:gosec // 32 bits fit
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener
	return port, l.Close()
}
