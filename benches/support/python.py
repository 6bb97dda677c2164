"""The same refresh as a script would do it: requests and OpenSSL on 16 threads, one session each.

Every request is signed and every answer is checked, read and compared with what was asked for; nothing is stored. Prints
the seconds from the first request to the last answer, the start of the interpreter left out.
"""

import base64
import datetime
import itertools
import json
import sys
import threading
import time

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

THREADS = 16

url, key_file, gateway_key_file, ids_file = sys.argv[1:]
with open(key_file, "rb") as file:
    own = serialization.load_pem_private_key(file.read(), None)
with open(gateway_key_file, "rb") as file:
    gateway = serialization.load_pem_public_key(file.read())
with open(ids_file) as file:
    ids = file.read().split()

following = itertools.count()
answered = []


def ask(session, case_id):
    now = datetime.datetime.now(datetime.timezone.utc)
    body = json.dumps({
        "version": "1.5",
        "keyVersion": "1",
        "requestTime": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "appId": "bench",
        "merchantNo": "P01010000000001",
        "data": {"caseId": case_id},
    }).encode()
    sign = base64.b64encode(own.sign(body, padding.PKCS1v15(), hashes.SHA256()))
    headers = {"Content-Type": "application/json", "sign": sign}
    answer = session.post(url + "/caseSearch", data=body, headers=headers, timeout=15)
    gateway.verify(
        base64.b64decode(answer.headers["sign"]), answer.content, padding.PKCS1v15(), hashes.SHA256()
    )
    case = json.loads(answer.content)["data"]
    assert case["caseId"] == case_id
    answered.append(case)


def work():
    session = requests.Session()
    session.trust_env = False
    for index in following:
        if index >= len(ids):
            return
        ask(session, ids[index])


threads = [threading.Thread(target=work) for _ in range(THREADS)]
started = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
taken = time.perf_counter() - started
assert len(answered) == len(ids)
print(taken)
