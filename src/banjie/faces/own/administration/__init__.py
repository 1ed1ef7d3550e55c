"""The pages of the security administrator (安全管理员) and of the audit administrator (审计管理员).

The third of the three (三权分立), the operator, has `/operating/`. None of them sees a case.
"""
