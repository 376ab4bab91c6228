"""How near questions that have nothing to do with a corpus come to it: the scale for every other question.

Encoders differ in how alike all their vectors are, and corpora in how wide they are. The cosine of a question's
nearest passage means something only beside that of questions the corpus cannot answer.
"""

from __future__ import annotations

import faiss
import numpy as np

from qa.encoder import Encoder

STRANGERS = (
    "Giá vàng hôm nay bao nhiêu một lượng?",
    "Ngày mai trời có mưa không?",
    "Cách nấu phở bò cho bốn người thế nào?",
    "Đội nào vô địch giải bóng đá ngoại hạng Anh?",
    "Ai viết tiểu thuyết Chiến tranh và hòa bình?",
    "Điện thoại nào chụp ảnh đẹp nhất năm nay?",
    "Con mèo của tôi bỏ ăn hai ngày thì phải làm sao?",
    "Núi cao nhất thế giới cao bao nhiêu mét?",
    "Bộ phim đoạt giải Oscar năm ngoái là phim gì?",
    "Làm thế nào để giảm cân nhanh tại nhà?",
    "Vé máy bay đi Nhật Bản giá bao nhiêu?",
    "Trái đất cách mặt trời bao xa?",
    "Chó con mấy tháng tuổi thì tiêm phòng?",
    "Bài hát này do ca sĩ nào trình bày?",
    "Vua nào sáng lập triều Nguyễn?",
    "Công thức tính diện tích hình tròn là gì?",
    "Tỷ giá đô la Mỹ hôm nay thế nào?",
    "Cây lan hồ điệp tưới nước mấy ngày một lần?",
    "Ngôn ngữ lập trình nào dễ học nhất?",
    "Bệnh tiểu đường nên kiêng ăn gì?",
    "Hãng xe nào bán chạy nhất ở Đức?",
    "Vitamin C có nhiều trong quả gì?",
    "Kinh đô của La Mã cổ đại ở đâu?",
    "Mấy giờ chiếu tập cuối phim truyền hình tối nay?",
)
LEAST_SPREAD = 0.01


def stranger_similarity(dense: faiss.Index, encoder: Encoder) -> tuple[float, float]:
    """Return the mean and the spread of the strangers' highest cosines with any passage."""
    highest, _ = dense.search(encoder.encode_queries(STRANGERS), 1)
    return float(np.mean(highest)), max(LEAST_SPREAD, float(np.std(highest)))
