/* Three IKEv1 negotiations between two strongSwan 5.9.8 daemons with the pre-shared key
 * "a pre-shared key", as their log (ike 4, chd 4, enc 3) tells them. Made for ikev1_keys_test.c. */
#ifndef CRYPTO_IKEV1_VECTORS_H
#define CRYPTO_IKEV1_VECTORS_H

#include "crypto/cipher.h"
#include "crypto/hash.h"

struct ikev1_vector { /* hex; names as in crypto/ikev1_keys.h */
    const char *what;
    enum digest_alg digest;
    enum cipher_alg cipher;
    const char *cookie_i, *cookie_r, *nonce_i, *nonce_r, *public_i, *public_r, *shared;
    const char *skeyid, *skeyid_d, *skeyid_a, *skeyid_e, *ka, *phase1_iv;
    const char *sa_i, *id_i, *hash_i, *id_r, *hash_r;
    const char *message6_end, *phase2_iv; /* last ciphertext block of phase 1, and what comes of it
                                           */
    const char *quick_1, *hash_1, *quick_nonce_i; /* payloads after HASH(1) in the clear */
    const char *quick_2, *hash_2, *quick_nonce_r;
    const char *hash_3;
    const char *quick_shared;        /* "": no PFS */
    const char *keymat_i, *keymat_r; /* of the SAs that initiator and responder receive on */
    uint32_t message_id, spi_i, spi_r;
};

static const struct ikev1_vector ikev1_vectors[] = {
    {
        .what = "3des_cbc_sha1_modp1024__with_pfs",
        .digest = DIGEST_SHA1,
        .cipher = CIPHER_3DES_CBC,
        .cookie_i = "8bea892baa90ce9d",
        .cookie_r = "ae7d2e57ed62101d",
        .nonce_i = "0bee5091626bbd9552d4900029f28cacc966acf25e1c2ab47531635bc36e518d",
        .nonce_r = "63c04d5e7fbb55e4a77df68dbd124054a21b84b4a6c7923b48768be0e58fa7d2",
        .public_i =
            "9a86d8b73a517e1db0725654263e5217b8ec11db7df70fb3cff8de20ea09cb0b46f8b698feffa1a2"
            "5a6488bdf13f2ab03cc1ea8fc2d3d08394c941a47b144a08161e869c649f6941f227e0d79ea579d2"
            "20b9dc2e5785e91413ed605bba97aa001d36b48cb3aef2de9f28c04019cecae3b8518db1876a6284"
            "5fe1e3f413ac8be9",
        .public_r =
            "2a3b744354aaadafcedf84fca4dee5ff70492dab0dd4dd670f55c18a6c43234b886f233d90310ecb"
            "a7cfc9ca4c22e3aae53fa0a9848d90fad37c8eb891c535b0d220219f9be1a9c947b61d717824c4cc"
            "70740145086e432593948bcd7fd666abdd37dbfb1b23cb49a81ab2e4c193a83c52476350d6483ec4"
            "6eadb5f71763cede",
        .shared = "8455753070b66c8737516f919587915daa50a031f0b963c5b370c72e01aeeae372316b56ea6c3512"
                  "73f6a831d97dcbff78e0cafd5416ba2498ab3cfa3261a3f059eef84c3191c19b0fe927436cbb9da7"
                  "b31fdbb890706244a1f8fd10144b63d8290bba9756bbc0c75b0194a8f8c0d00b5ece7a6f7a9cd375"
                  "608931e06a47e4d4",
        .skeyid = "f24ca0da622c4944c32b0f42db539b006ddbb6a7",
        .skeyid_d = "8f3b410421a77663d89d8e9433a8653975695f79",
        .skeyid_a = "c275d362bdf4efeb4b526a64a73faa486f286972",
        .skeyid_e = "86b7cccd12fefd8cc2cdb0079ed5cd8bd0a1d12a",
        .ka = "28662c68d463860082233153bd56a99081c67d4e3e947dd2",
        .phase1_iv = "5d80e7d5270f7a1f",
        .sa_i = "00000001000000010000002801010001000000200101000080010005800200028004000280030001"
                "800b0001800c3de0",
        .id_i = "01000000c6336401",
        .hash_i = "65e37e611ed77b0419814ae5640f541f3e34ef70",
        .id_r = "01000000c6336402",
        .hash_r = "be4939bcfe77a3aeb654174418fa9c7d9f4046b8",
        .message6_end = "c535a1e8167a31af",
        .phase2_iv = "9c25d3733ba6d87c",
        .quick_1 =
            "0a000034000000010000000100000028010304016c0139890000001c010300008005000180030002"
            "800400038001000180020f78040000249a5a40ab513c0108f2997cb63374e297da8467ec7e915944"
            "77c4d5cbf4c194b2050000844d4a294ad10b90e1fff10acdf07b58d325945d3349589719f8cc940b"
            "732f191b8935d2011d7b1b7cac94ea4477e6a115b4487ab653514ae60c5567be0fb700bd08d97af7"
            "e1f18fa7c930e0d1148bb966997198f1173db6e3d151b983b2ab4b44d69c9a3f9bad3ba801ba8483"
            "42ac77a1369406df4a5b31c479dfec3dfb2671f70500000c010000000a0100010000000c01000000"
            "0a020001",
        .hash_1 = "efd82998492960122915994c198a118b2f6a39f4",
        .quick_nonce_i = "9a5a40ab513c0108f2997cb63374e297da8467ec7e91594477c4d5cbf4c194b2",
        .quick_2 =
            "0a00003400000001000000010000002801030401fe91cc5e0000001c010300008005000180030002"
            "800400038001000180020f7804000024441f049f440c0f75c4b1c3d244abf4ce3c5930752d39d38c"
            "f9fc0968752ee85c0500008400596069f4f96ade1e9e2fafbc528588833f461cebb608f98c309bc4"
            "c43cbf399626f6d2b2b41c26a27adb4900bd9eb0a2a02fa9e6dc86feb67858d17962dc1f41ca528e"
            "5305eaff5c61e7eaee5244ea571941667cd4f3f0e821d2913f5f7671a3e90ad6838dd35779f18f85"
            "03458884660d658bbf0e3fcf850415c69f7ac3e80500000c010000000a0100010000000c01000000"
            "0a020001",
        .hash_2 = "e757bc5146fe99a0a11e60319d076d4dd19c2c36",
        .quick_nonce_r = "441f049f440c0f75c4b1c3d244abf4ce3c5930752d39d38cf9fc0968752ee85c",
        .hash_3 = "a4ef139c15ec379fc1c9e19a1fc6eda79ecbc9b6",
        .quick_shared =
            "d974316897f5e2ff2aa64e8f80cf864a1307cfca4a1a57587baf01820a9d4ef6f59c7af43e2132b0"
            "3cb6a3c431ad2f384c3b7c80bc928371ab4e3146f3d23b4c2ca217bb0c072d4a53fe0f19472a3402"
            "ffba41c9b7874028a1233e47ca073d07042ef0063a27c7c979a43478854c96b28d121ce6f5d4c655"
            "1ddecd7c650ffa87",
        .keymat_i =
            "48eae186d4ed3243c886d2e3892a138472c109fe639cc9dc7f15c4ce8fd6084f6f942029a5dbe6cf",
        .keymat_r =
            "04e3304cd8a44eea436cd0567a97a416b7073e037dc8c89cad1d3526875a095e66b0500e1d9c383a",
        .message_id = 0xdf0419bb,
        .spi_i = 0x6c013989,
        .spi_r = 0xfe91cc5e,
    },
    {
        .what = "aes_256_cbc_md5_modp768__without_pfs",
        .digest = DIGEST_MD5,
        .cipher = CIPHER_AES256_CBC,
        .cookie_i = "06905a7b9e7120f6",
        .cookie_r = "a20a65add34793dc",
        .nonce_i = "b94f3ba855a522862114c025bade87da9baecfa66920f54d6622aa905b61ef29",
        .nonce_r = "8b90105531c355b1ac242d1ce594150c764b5e4d9177acf58f1458546338a4ab",
        .public_i =
            "6de3f47807c747512182dbcaf6cad4c97c7b077804cb282bda24e931c21984079c5b988aadbafe4e"
            "3550efe4fb3137a826370d56a01f50295345c6aa5a932a462f77907c376b45246084f56c1e2ba01c"
            "b54cef85c9cdf1a6dbbefa7110407f47",
        .public_r =
            "34fc4198a609202a40e3b6363096602e1cb717d6eccc068976da90d339c36878a2c2ebbb757f8b6d"
            "57dbf719f1bb4257a022ee94ad0511b96c834cd1484722bd06b7b5e27257ca1476deea56480f68c6"
            "74037b33f8f198226d2855f9cc84501d",
        .shared = "e30ef3a6312f802bd00b21ffca52ac3c0d44e1ba014908408724dcb08c72e0684f2f7259292b4b37"
                  "940da018fbaae908e9d540d476730c116fba8f91c8ce0a6633f71c3c59e2852e8dc33190dd592d5d"
                  "16cc2ba5bfc84a5f626016fbc975b368",
        .skeyid = "6590ae8ecb246005d4004afdd47b1c05",
        .skeyid_d = "9a45c32aa56e3aec31cbccc4ddfe43e2",
        .skeyid_a = "649061bd8881b20d38fb0c4d0492d27e",
        .skeyid_e = "158f8d4da40527d0451c1e7fb8ef71ea",
        .ka = "09fedfc3cda0e8c1cc737114e52489041880554d8bd0d41908cd639784ccf405",
        .phase1_iv = "6b9c94f7ef9c7b448ea1bb6326c015b1",
        .sa_i = "00000001000000010000002c01010001000000240101000080010007800e01008002000180040001"
                "80030001800b0001800c3de0",
        .id_i = "01000000c6336401",
        .hash_i = "163fb174b69b1b45b6437199a2e8ab12",
        .id_r = "01000000c6336402",
        .hash_r = "85f67f917cb15c032e21bdac82a3b0b1",
        .message6_end = "4b2e44f4b222a4ca1e9800f19617c6a5",
        .phase2_iv = "8e4be207ea4d17ad435585046cba78f7",
        .quick_1 =
            "0a00003400000001000000010000002801030401394094f10000001c010c00008006010080050005"
            "800400038001000180020f7805000024256d3c2cf184d285fe9999b25f194dd785b3f41a99d9598b"
            "6e507844e9fa6c870500000c010000000a0100010000000c010000000a020001",
        .hash_1 = "7998a2134193128edcd785000ca6b972",
        .quick_nonce_i = "256d3c2cf184d285fe9999b25f194dd785b3f41a99d9598b6e507844e9fa6c87",
        .quick_2 =
            "0a00003400000001000000010000002801030401ab3b30420000001c010c00008006010080050005"
            "800400038001000180020f7805000024456dd009d11b5ca56f329460a854fbc998aee607f39767db"
            "3151b88a2e4558650500000c010000000a0100010000000c010000000a020001",
        .hash_2 = "a493457b6db28e8f65a22bea887d94a4",
        .quick_nonce_r = "456dd009d11b5ca56f329460a854fbc998aee607f39767db3151b88a2e455865",
        .hash_3 = "f00b7cd3724a6ae9a814ba8ddc79ca08",
        .quick_shared = "",
        .keymat_i =
            "8dbd1200970e229c7ab8d5f85767b83ea6e57f5667475924ea2ad29cd201dcd495d5230af6ce3dbd"
            "db056e83877eb6395f037696786eae3d47ba5399a635b5a4",
        .keymat_r =
            "47db2c50e8e1f82cac14b0d7d4af511c1fed1ab853142b5d3b41798e8ced98f752f783b7cd113064"
            "29381b2a582de9678e7486c936d35dee0ec0dc6a7dcb2761",
        .message_id = 0xf5e07a8b,
        .spi_i = 0x394094f1,
        .spi_r = 0xab3b3042,
    },
    {
        .what = "aes_128_cbc_sha2_256_modp2048__pfs_in_modp1536",
        .digest = DIGEST_SHA256,
        .cipher = CIPHER_AES128_CBC,
        .cookie_i = "919db1f9d69793c3",
        .cookie_r = "386b57d5d64ff03f",
        .nonce_i = "51da52bab1787058bf0f5eafc72928930f1953b91d1ac68fb1ce27631dc0209c",
        .nonce_r = "a3b1bca2dd2bc9bb16700e60b31df3cbea7aadd0e89a64958570403e31a19159",
        .public_i =
            "19a93c62fe603250de8b951cff71f5b3b69df5c8a18cc8846a69c0ff2b0d27a2caca36ac0913ba9b"
            "04f9235b8f12238ba45e312f739b22d8a95c44405a8a39080ce27b07408e0d2418ee1b6f28a3e25a"
            "0593aa1847ead147ac2243fb3f529ad4efcb0e8b5e18009652a68a21d858ffdcd7213d3812953637"
            "626ee0ecb94274c642ff8a4134593d2b3b81f6ee76f6dd4cb6071d70a43c7915fe4370360acf48d4"
            "ece7749f5fdacf9caad390b3cd541939468910bffba70a9d5c73e63b39ab8fc84d9d3d2a14e531ab"
            "db6cf7c846e5845304d497bbcad7e78bc11bf9be0ab8fb459b6e8ecdba84f3eb83e03f003d0bae9b"
            "00d94a8fb87b46333f6e8e1145e38b99",
        .public_r =
            "c6d0821e19901a6e146b937884cbd7af07fff0f6fabc04b5b549461506548f2712ae86057c0f06bb"
            "6f65d8df1e108dd21119758ed7997f97c303a1a1b3aeabfe6ebf051ada8633ff163d9393339bc5bf"
            "2d338c5f693ef61dadf87c057c1f11a47821aaeb66d34b5141af86ccede215b392be0c2f58b1598f"
            "4615563873318ac32387469aee8efe33bd6f6943591516e6daa8e9b027db6eb0a0fd9e60fc1cebf9"
            "1cddfdbd275659720d5846e7f5319239d47a395a42e42a2363b7238a67c5653d40c712969b13ad5f"
            "968ca0f78b1a1dcb38ec1b26d1791170a87818113f3eb34c9bc6b288c3c238b29d0a5a0d0c081de6"
            "6a85c7aa1ec767f429a59254a0ad7d5e",
        .shared = "a51cd62eb69a42172e1edc473912554efc469c3e737c439e9555c3cb4a32f282da75c76754cc9050"
                  "3db6100bc1e08f7aef32f3db8af10925cc065ffd3f4943bcc225abad582c10be5bdd3e797ef2ae14"
                  "516b6fac55eda314f947aaffe75f4573783dd94eb30c1056e8da6d724e423860e5014b1fdba98621"
                  "b7c3683bae1f65b103102be8ee373c6dcc8b46d42180c892eb921878b272ed8d2f0e5b9c393d9b76"
                  "3c9576479d0dcbac9d38db4d25129097e06d677672a95da9bea4dcf9936d93bb05cda268b7d9de06"
                  "6c7d4c31b7bee0634db202154d107bd12f1cba70c2e244f88a6c907d82e4f5507cd6f75b5651cd1f"
                  "880624b163cafc654305041a755bfced",
        .skeyid = "f22b4a44c9aae2bd1481f6a60cc1d2f521b80248673a7e81fdce03340778db8e",
        .skeyid_d = "67519b69673e5fa5f1278e1e1dadbae15d88e8d66d58d362ee43d504e5082de2",
        .skeyid_a = "1b492e006c2b34ea3cf795ede54eb06d3544e48478a222fc4ae901d5ee7416bb",
        .skeyid_e = "d136da316abaa2a92c5f31e3f21db79053b38bd5a4f2688c306244dcbd3166e3",
        .ka = "d136da316abaa2a92c5f31e3f21db790",
        .phase1_iv = "7e2ffe7a4307fd87de8d34e9d0c5062a",
        .sa_i = "00000001000000010000002c01010001000000240101000080010007800e0080800200048004000e"
                "80030001800b0001800c3de0",
        .id_i = "01000000c6336401",
        .hash_i = "d1e9024270f4398fd6f1c0e84c588f5316c5c9ae792412c617693f9b94582196",
        .id_r = "01000000c6336402",
        .hash_r = "7272f2a1242c613eb4198cdb83a96c2390576dd87b16201f40e49b1381bc76b8",
        .message6_end = "0f4bacda57ea711685c01440c62c7ddc",
        .phase2_iv = "ab1d94729bb3f654e9fc4c7319a4a2e1",
        .quick_1 =
            "0a00003800000001000000010000002c010304012942b7e200000020010c00008006008080050002"
            "80030005800400038001000180020f7804000024f0cf6dcf3342a388a696a174ec321df0c02f05bb"
            "302084f2f90a174169d87c0d050000c4aaf034062160bf2ba4ab29ef344f8259c995e9ab9531cf64"
            "61b2966df0a494fa339835fc2ec21f48e33730d09f21ca37bb07298c5d37d8237ca93b77dc616c2b"
            "501fc2523312421b1ffe6fac8cf16f6541350ef7aa4fcdf82d36285cb05f7399b8340162a39be207"
            "3ef4e32b32728863ba92097ce1fab24da02daa1248f98ea75b96e30e99a33f4e5dc65d4c2a6f153e"
            "21dd953ff7ccda454b41d2e625d0380c4ca01b90fdadffb19dbbd2a430254b0f4637336edaff7f31"
            "ec55176c71703b9e0500000c010000000a0100010000000c010000000a020001",
        .hash_1 = "6d2e0113c3e2b436b1807d20604e183d79637a6aa75aee5160cf9211c02644e2",
        .quick_nonce_i = "f0cf6dcf3342a388a696a174ec321df0c02f05bb302084f2f90a174169d87c0d",
        .quick_2 =
            "0a00003800000001000000010000002c010304014eb00dcb00000020010c00008006008080050002"
            "80030005800400038001000180020f78040000241211e67e85a4ab5118e563d7f4399fa528d23bb5"
            "a0fb54032ffc1349cce70ab0050000c40168efa4b8a2b0a437a5f4b265809194e55a625be5302884"
            "378c4d28180364f73742c96e4fb4248bcefa22c03a3bc4d0bd94d827f7f9c45c2f0fd6dcc961fec0"
            "0ab8d77b8be83c1d691e0882fb514f35d2eda0c1387c3944b1d58772df9b02381adf676c4dbbf948"
            "0549dc3490a7eeba10bc597438478dd012a3bdbaccd93318e44bd1a0a9a6c76f724301887ec9e542"
            "de82538bda92cf242b5a2ab2df1ae3fdd60064e69e57733241f0e5ae24e149c0c6dbdb969fab122b"
            "81698612848ba24c0500000c010000000a0100010000000c010000000a020001",
        .hash_2 = "3b2c1a75cd6a12924dff8039c006570075b7eb6b6c1f962b599d94ce59e35193",
        .quick_nonce_r = "1211e67e85a4ab5118e563d7f4399fa528d23bb5a0fb54032ffc1349cce70ab0",
        .hash_3 = "edf1416bf58e812586314027ebeb3b60471b3731096e07739e8ab9a44f494dbf",
        .quick_shared =
            "716afa5e2ad930557ca9ad65088741a1d75f428fbcf8e3bc7e7051b47f311ffb78381a7234183be7"
            "e8956b5f47f19c67652501b02fda443bf1b068a146bc77c8e6896bef377f4379215550445d7ffd1a"
            "164fa80e2477fd1a2ff28bf14d44606cc9fa8de3e9ec7bfe51d4db393f7396b5fe642559c1d0cb46"
            "c1a13f0d62b87e49ee1863278a7bf4870013570fb9c4947e38ae6e07da5c371b7d9edd164e774aca"
            "3e098ff4e90ee3c37587413b5bb0281d66e4b650bfafdf7ecfc4e1e787766954",
        .keymat_i = "22076ebc42e71681af8e7d384b8839424d79be6f74f1e8bcea16ff828a6f9640c5805220",
        .keymat_r = "224943dfef4d95c377343a6365c20e7200b90e4bf192c0fc5f467fd64803adf9d98c1630",
        .message_id = 0x869a306e,
        .spi_i = 0x2942b7e2,
        .spi_r = 0x4eb00dcb,
    },
};

#endif
