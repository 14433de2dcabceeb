"""Three pictures from the published copy; a notebook to start one's own from.

marimo edit notebooks/analyst.py -- --copy var/publish/current.duckdb     to work in it
python notebooks/analyst.py --copy var/publish/current.duckdb --save out  the pictures as files
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="技术性贸易措施：发布副本")


@app.cell
def _():
    from pathlib import Path

    import duckdb
    import marimo as mo
    import matplotlib.pyplot as plt
    from matplotlib import font_manager
    from matplotlib.ticker import MaxNLocator
    from pylopdf_fonts_zh_cn import sans_path

    # the font of the bulletin, so that Chinese is legible on any machine
    font_manager.fontManager.addfont(str(sans_path()))
    plt.rcParams.update(
        {
            "font.family": font_manager.FontProperties(fname=str(sans_path())).get_name(),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 13,
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
        }
    )
    return MaxNLocator, Path, duckdb, mo, plt


@app.cell
def _(Path, duckdb, mo):
    stated = mo.cli_args()
    copy = Path(str(stated.get("copy") or "var/publish/current.duckdb"))
    folder = stated.get("save")
    if not copy.exists():
        raise SystemExit(f"还没有发布副本：{copy}。请运行 tbtwatch publish，或写 --copy 副本路径。")
    # the file behind the link: a publication meanwhile does not mix two versions in one notebook
    con = duckdb.connect(str(copy.resolve()), read_only=True)
    con.execute("SET TimeZone = 'Asia/Shanghai'")

    def rows(text, **parameters):
        """The rows of a query; `$name` takes a parameter."""
        return con.execute(text, parameters).fetchall()

    def shown(figure, name):
        """The picture in the notebook, and as a file where --save is given."""
        if folder:
            Path(str(folder)).mkdir(parents=True, exist_ok=True)
            figure.savefig(Path(str(folder)) / f"{name}.png", dpi=150)
        return mo.as_html(figure)

    ((published_at,),) = rows("SELECT strftime(published_at, '%Y-%m-%d %H:%M') FROM published")
    return published_at, rows, shown


@app.cell
def _(mo, published_at):
    mo.md(f"""
    # 技术性贸易措施：发布副本

    副本发布于 {published_at}（北京时间）。表和列的说明见 `docs/data-dictionary.md`，现成的问题见 `tbtwatch query`。
    """)
    return


@app.cell
def _(MaxNLocator, plt, rows, shown):
    # 件 as the monthly bulletin counts them; the last 24 months
    _months = rows("""
        SELECT strftime(month, '%Y-%m') AS label,
            count(*) FILTER (area = 'TBT') AS n_tbt, count(*) FILTER (area = 'SPS') AS n_sps
        FROM (SELECT DISTINCT month, area, symbol FROM mart.bulletin_notifications)
        GROUP BY month ORDER BY month DESC LIMIT 24
    """)[::-1]
    _labels = [row[0] for row in _months]
    _tbt, _sps = [row[1] for row in _months], [row[2] for row in _months]
    _figure, _axes = plt.subplots(figsize=(9, 3.6))
    _axes.bar(_labels, _tbt, color="#2a5b8c", width=0.6, label="TBT")
    _bars = _axes.bar(_labels, _sps, bottom=_tbt, color="#c98b2b", width=0.6, label="SPS")
    _axes.bar_label(_bars, [str(a + b) for a, b in zip(_tbt, _sps, strict=True)], padding=3, color="#333333")
    _axes.margins(x=0.02 if len(_labels) > 5 else 0.6, y=0.12)
    _axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _axes.tick_params(axis="x", rotation=60 if len(_labels) > 12 else 0)
    _axes.set_title("各月通报件数（按散发日期，最近24个月）")
    _axes.set_ylabel("件", rotation=0)
    _axes.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    shown(_figure, "1_months")
    return


@app.cell
def _(plt, rows, shown):
    # 年出口额 of lines that a match touches, by chain and market; a line counts once a market, with its whole export
    _cells = rows("""
        SELECT industry_chain, market_zh, sum(annual_export_cny_10k) / 10000 AS export_cny_100m
        FROM mart.exposure
        WHERE n_measures > 0 AND annual_export_cny_10k IS NOT NULL
        GROUP BY ALL
    """)
    _values = {(chain, market): value for chain, market, value in _cells}

    def _largest(position, limit):
        totals = {}
        for key, value in _values.items():
            totals[key[position]] = totals.get(key[position], 0) + value
        return sorted(totals, key=lambda name: (-totals[name], name))[:limit]

    _chains, _markets = _largest(0, 15), _largest(1, 12)
    # an empty cell is no number, and stays white
    _grid = [[_values.get((chain, market), float("nan")) for market in _markets] for chain in _chains]
    _figure, _axes = plt.subplots(figsize=(9, 1.6 + 0.36 * max(len(_chains), 3)))
    if _cells:
        _top = max(_values[chain, market] for chain, market in _values if chain in _chains and market in _markets)
        _axes.imshow(_grid, cmap="Blues", aspect="auto", vmin=0, vmax=_top)
        for _y, _line in enumerate(_grid):
            for _x, _value in enumerate(_line):
                if _value > 0:
                    _ink = "white" if _value > 0.55 * _top else "#1a1a1a"
                    _axes.text(_x, _y, f"{_value:.1f}", ha="center", va="center", fontsize=8.5, color=_ink)
        _axes.set_xticks(range(len(_markets)), _markets, rotation=35, ha="right")
        _axes.set_yticks(range(len(_chains)), _chains)
        _axes.tick_params(length=0)
        _axes.spines[:].set_visible(False)
    else:
        _axes.text(0.5, 0.5, "没有匹配到企业的通报", ha="center", transform=_axes.transAxes)
        _axes.axis("off")
    _axes.set_title("受影响产品的年出口额（亿元人民币，产品对全部市场的出口额），产业链 × 市场", fontsize=12)
    shown(_figure, "2_exposure")
    return


@app.cell
def _(plt, rows, shown):
    # comment deadlines that are still open and concern a firm, the nearest first
    _open = rows("""
        SELECT symbol, members_zh, days_left, n_firms, strftime(due_date, '%m-%d')
        FROM mart.deadlines
        WHERE deadline_kind = 'comment' AND days_left >= 0 AND n_firms > 0 AND NOT is_superseded
        ORDER BY days_left, n_firms DESC, symbol LIMIT 20
    """)[::-1]
    _figure, _axes = plt.subplots(figsize=(9, 1.4 + 0.3 * max(len(_open), 3)))
    _names = [f"{symbol}（{members.split('、')[0]}{'等' if '、' in members else ''}）" for symbol, members, *_ in _open]
    # what ends within 15 days is marked
    _colours = ["#b3392f" if row[2] <= 15 else "#2a5b8c" for row in _open]
    _bars = _axes.barh(_names, [row[2] for row in _open], color=_colours, height=0.62)
    _axes.bar_label(_bars, [f"{row[2]} 天，{row[4]} 截止，{row[3]} 家企业" for row in _open], padding=4, fontsize=8.5)
    _axes.margins(x=0.36, y=0.02)
    _axes.tick_params(axis="y", length=0, labelsize=8.5)
    _axes.set_xlabel("距评议截止的天数（15天以内为红色）")
    _axes.set_title("涉及本市企业、尚可评议的通报（最近截止的20件）" if _open else "没有涉及本市企业、尚可评议的通报")
    shown(_figure, "3_deadlines")
    return


if __name__ == "__main__":
    app.run()
