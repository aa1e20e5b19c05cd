using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Latmon.LiveTests.Encryption;

/// <summary>A certificate that signs itself, as the two files that servers read.</summary>
public static class ServerCertificate
{
    public static void Write(string certificateFile, string keyFile)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
