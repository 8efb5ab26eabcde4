# SPDX-License-Identifier: MIT OR Apache-2.0
"""A peer that takes 250 ns an operation, or behaves as its argument says."""
import json
import os
import subprocess
import sys
import time


def main():
    how = sys.argv[1]
    if how == 'deaf':  # it answers without having been asked
        os.close(0)
        print('{"ops": 100, "ns": 25000}')
        return 0
    wanted = json.loads(sys.stdin.readline())
    assert wanted['type'] == 'batch' and wanted['schema'] == 1 and wanted['ops'] > 0, wanted
    if wanted['subject'] != 'vm' or wanted['case'] != 'islands':
        print(json.dumps({'absent': 'knows no ' + wanted['case']}))
    elif how == 'good':
        print(json.dumps({'ops': wanted['ops'], 'ns': wanted['ops'] * 250,
                          'metrics': {'threads': wanted['threads']}}))
    elif how == 'hangs':
        time.sleep(100)
    elif how == 'nests':  # what hangs is a process of its own, which has our pipe
        child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])
        with open(os.environ['NESTED'], 'a', encoding='ascii') as file:
            print(child.pid, file=file)
        return child.wait()
    elif how == 'lingers':  # all is said, and it does not end
        print('{"ops": 1, "ns": 5}')
        sys.stdout.flush()
        os.close(1)
        time.sleep(100)
    elif how == 'leaves':
        return 7
    elif how == 'dies':
        os.kill(os.getpid(), 9)
    elif how == 'prattles':
        print('x' * (1 << 20))
    elif how == 'mumbles':
        print('{"ops": 1, "ns": }')
    return 0


if __name__ == '__main__':
    sys.exit(main())
