"""On an English page what is Chinese is marked, and nothing else is touched."""

import pytest

from banjie.web.parts import marked


def zh(text: str) -> str:
    return f'<span lang="zh-Hans" class="zh">{text}</span>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>Granted</p>", "<p>Granted</p>"),
        ("<p>综合窗口</p>", f"<p>{zh('综合窗口')}</p>"),
        ("<p>Now with 综合窗口, desk 4</p>", f"<p>Now with {zh('综合窗口')}, desk 4</p>"),
        ("<p>《行政许可法》第45条</p>", f"<p>{zh('《行政许可法》第45条')}</p>"),
        ("<p>“Fine” (fine)</p>", "<p>“Fine” (fine)</p>"),
        ('<p title="综合窗口" data-x="a>b">x</p>', '<p title="综合窗口" data-x="a>b">x</p>'),
        ("<title>办结</title><script>'办结'</script>", "<title>办结</title><script>'办结'</script>"),
        ("<textarea>张三</textarea><!-- 办结 -->", "<textarea>张三</textarea><!-- 办结 -->"),
        ("<svg><text>受理</text></svg>", "<svg><text>受理</text></svg>"),
        ("<option value=1>云溪县<option>Other", '<option lang="zh-Hans" value=1>云溪县<option>Other'),
        ("<p>&lt;办结&gt; &amp; so on</p>", f"<p>&lt;{zh('办结')}&gt; &amp; so on</p>"),
    ],
)
def test_a_chinese_stretch_is_marked_and_the_rest_stays(page: str, expected: str) -> None:
    assert marked(page) == expected
