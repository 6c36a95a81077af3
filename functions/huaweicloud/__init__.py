"""How Huawei Cloud's LTS and GA are called."""
