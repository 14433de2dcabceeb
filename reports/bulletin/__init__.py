"""The monthly bulletin 《境外技术性贸易措施风险信息提示》: facts in, a document of blocks out."""
