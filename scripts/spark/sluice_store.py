"""Where files are, for the driver: a file system that all machines share, or a store that Hadoop
knows."""

import glob
import os
import shutil
import time

from sluice_task import Refused


class Shared:
    """The driver's hands on a shared file system."""

    def list(self, path):
        if os.path.isdir(path):
            return [os.path.join(path, name) for name in os.listdir(path)], True
        return [path] if os.path.lexists(path) else glob.glob(path), False

    def is_file(self, path):
        return os.path.isfile(path)

    def exists(self, path):
        return os.path.lexists(path)

    def make(self, path):
        os.makedirs(path, mode=0o700)

    def write(self, path, text):
        with open(path, "x") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())

    def rename(self, old, new):
        os.rename(old, new)

    def remove(self, path):
        """A task whose executor was killed may still be writing: again, until it has gone."""
        for _ in range(50):
            shutil.rmtree(path, ignore_errors=True)
            if not os.path.lexists(path):
                return
            time.sleep(0.2)
        raise Refused(f"{path} cannot be removed: it may hold what must not be released")

    def seal(self, path):
        """Open to those who may read what this user writes, and on the disk."""
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(path, 0o777 & ~umask)
        folder = os.open(path, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class Hadoop:
    """The same on any store, by the JVM of the driver."""

    def __init__(self, sc):
        self.jvm, self.conf = sc._jvm, sc._jsc.hadoopConfiguration()

    def of(self, path):
        path = self.jvm.org.apache.hadoop.fs.Path(path)
        return path.getFileSystem(self.conf), path

    def list(self, path):
        fs, path = self.of(path)
        found = fs.globStatus(path) or []
        if len(found) == 1 and found[0].isDirectory():
            return [s.getPath().toString() for s in fs.listStatus(found[0].getPath())], True
        return [s.getPath().toString() for s in found], False

    def is_file(self, path):
        fs, path = self.of(path)
        return fs.exists(path) and fs.getFileStatus(path).isFile()

    def exists(self, path):
        fs, path = self.of(path)
        return fs.exists(path)

    def make(self, path):
        fs, path = self.of(path)
        fs.mkdirs(path, self.jvm.org.apache.hadoop.fs.permission.FsPermission("700"))

    def write(self, path, text):
        fs, path = self.of(path)
        stream = fs.create(path, False)
        stream.write(bytearray(text.encode()))
        stream.close()

    def rename(self, old, new):
        fs, source = self.of(old)
        if not fs.rename(source, self.of(new)[1]):
            raise Refused(f"{old} cannot be renamed to {new}")

    def remove(self, path):
        fs, path = self.of(path)
        fs.delete(path, True)

    def seal(self, path):
        fs, path = self.of(path)
        kind = self.jvm.org.apache.hadoop.fs.permission.FsPermission
        fs.setPermission(path, kind.getDirDefault().applyUMask(kind.getUMask(self.conf)))
