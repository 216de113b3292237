#!/usr/bin/env python3
"""sluice_spark.py on an object store: S3's protocol, spoken by moto's server on this machine.

    s3.py PATH/TO/sluice FOLDER

Run by the Python of the environment that has pyspark and moto.  Spark fetches what speaks s3a://
from Maven Central into FOLDER.  Last line: N passed, N failed.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import boto3

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from running import HOME, Submitted  # noqa: E402
from tables import GROUPED, ROWWISE, concatenate, make_parts  # noqa: E402

SITE = """<configuration>
<property><name>fs.s3a.endpoint</name><value>http://127.0.0.1:{port}</value></property>
<property><name>fs.s3a.path.style.access</name><value>true</value></property>
<property><name>fs.s3a.access.key</name><value>made</value></property>
<property><name>fs.s3a.secret.key</name><value>up</value></property>
</configuration>
"""


def hadoop_version():
    name = next(n for n in os.listdir(f"{HOME}/jars") if n.startswith("hadoop-client-api-"))
    return name[len("hadoop-client-api-"):-len(".jar")]


def start_store(folder):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = subprocess.Popen(
        [os.path.join(os.path.dirname(sys.executable), "moto_server"), "-H", "127.0.0.1", "-p",
         str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    with open(f"{folder}/core-site.xml", "w") as f:
        f.write(SITE.format(port=port))
    return server, boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}",
                                region_name="us-east-1", aws_access_key_id="made",
                                aws_secret_access_key="up")


class Tests:
    def __init__(self, sluice, ivy, folder, s3):
        self.sluice, self.folder, self.s3 = sluice, folder, s3
        self.more = ["--packages", f"org.apache.hadoop:hadoop-aws:{hadoop_version()}", "--conf",
                     f"spark.jars.ivy={ivy}"]
        s3.create_bucket(Bucket="study")
        make_parts("parts", 3, 500)
        concatenate("parts", "whole.csv")
        for name in sorted(os.listdir("parts")):
            s3.upload_file(f"parts/{name}", "study", f"extract/{name}")
        for name, text in (("grouped", GROUPED), ("rowwise", ROWWISE)):
            with open(f"{name}.yaml", "w") as f:
                f.write(text)
            subprocess.run([sluice, "run", "-q", "-p", f"{name}.yaml", "whole.csv", "-o",
                            f"{name}.csv"], check=True)

    def keys(self):
        return sorted(o["Key"] for o in
                      self.s3.list_objects_v2(Bucket="study").get("Contents", []))

    def read(self, key):
        return self.s3.get_object(Bucket="study", Key=key)["Body"].read()

    def submit(self, *words):
        status, text = Submitted(self.folder, ["--sluice", self.sluice, *words], self.more,
                                 {"HADOOP_CONF_DIR": self.folder}).finish()
        if "unresolved dependency" in text:
            raise unittest.SkipTest("Hadoop's client cannot be fetched from Maven Central")
        assert status == 0, text[-3000:]

    def grouped_is_the_same(self):
        self.submit("-p", "grouped.yaml", "-o", "s3a://study/release/counts.csv", "--fan-in",
                    "2", "s3a://study/extract/")
        with open("grouped.csv", "rb") as f:
            assert self.read("release/counts.csv") == f.read(), "not the same"
        assert not [k for k in self.keys() if "sluice" in k], self.keys()

    def rowwise_is_the_same(self):
        self.submit("-p", "rowwise.yaml", "-o", "s3a://study/release/rows",
                    "s3a://study/extract/part-*.csv")
        parts = [k for k in self.keys() if k.startswith("release/rows/part-")]
        manifest = json.loads(self.read("release/rows/manifest.json"))
        assert manifest["complete"] and len(manifest["parts"]) == len(parts) == 3, parts
        texts = [self.read(k) for k in parts]
        joined = texts[0] + b"".join(t.split(b"\n", 1)[1] for t in texts[1:])
        with open("rowwise.csv", "rb") as f:
            assert joined == f.read(), "not the same"
        assert not [k for k in self.keys() if "sluice" in k], self.keys()


def main():
    sluice, ivy = map(os.path.abspath, sys.argv[1:3])
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="sluice-s3-test-") as folder:
        os.chdir(folder)
        server, s3 = start_store(folder)
        try:
            tests = Tests(sluice, ivy, folder, s3)
            for name in "grouped_is_the_same", "rowwise_is_the_same":
                try:
                    getattr(tests, name)()
                    passed += 1
                    print(f"  ok      s3a: {name}", flush=True)
                except unittest.SkipTest as e:
                    print(f"skip: {name}: {e}", flush=True)
                except AssertionError as e:
                    failed += 1
                    print(f"  FAILED  s3a: {name}: {e}", flush=True)
        finally:
            server.terminate()
            server.wait()
            os.chdir("/")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
