using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Trust.Tests.Keys;

public sealed class VaultKeysTests : IDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    private readonly Vault vault = new();
    private readonly ManualTime time = new();
    private readonly string folder = Scratch.NewFolder("vault").FullName;
    private readonly VaultKeys keys;

    public VaultKeysTests()
    {
        File.WriteAllText(Path.Combine(folder, "vault-token"), "first\n");
        vault.Token = "first";
        keys = new VaultKeys(new VaultSettings(vault.Address, "secret/data/isthmus", "vault-token", null, Refresh), new KeyFolder(folder), time);
    }

    [Fact]
    public void A_key_is_asked_for_once_in_the_refresh_period()
    {
        vault.Entries["records"] = "00ff";

        Assert.Equal([0x00, 0xFF], keys.Secret("records"));
        Assert.Equal([0x00, 0xFF], keys.Secret("records"));
        Assert.Equal(["/v1/secret/data/isthmus/records"], vault.Asked);
    }

    [Fact]
    public void A_key_that_was_replaced_is_in_use_after_the_refresh_period_and_without_a_restart()
    {
        vault.Entries["webhook"] = "old";
        Assert.Equal("old", keys.Text("webhook"));
        vault.Entries["webhook"] = "new";
        Assert.Equal("old", keys.Text("webhook"));

        time.Advance(Refresh);

        Assert.Equal("new", keys.Text("webhook"));
    }

    [Fact]
    public void While_the_vault_refuses_the_key_in_hand_serves_on_and_the_vault_is_not_pressed()
    {
        vault.Entries["webhook"] = "secret";
        Assert.Equal("secret", keys.Text("webhook"));
        vault.Token = "renewed";
        time.Advance(Refresh);

        Assert.Equal("secret", keys.Text("webhook"));
        Assert.Equal("secret", keys.Text("webhook"));
        Assert.Equal(2, vault.Asked.Count);

        File.WriteAllText(Path.Combine(folder, "vault-token"), "renewed");
        vault.Entries["webhook"] = "next";
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("next", keys.Text("webhook"));
    }

    [Fact]
    public void While_the_vault_is_away_the_key_in_hand_serves_on()
    {
        vault.Entries["webhook"] = "secret";
        Assert.Equal("secret", keys.Text("webhook"));
        vault.Dispose();
        time.Advance(Refresh);

        Assert.Equal("secret", keys.Text("webhook"));
    }

    [Fact]
    public void A_key_that_is_gone_from_the_vault_is_gone()
    {
        vault.Entries["webhook"] = "secret";
        Assert.True(keys.Has("webhook"));
        vault.Entries.Clear();
        time.Advance(Refresh);

        Assert.False(keys.Has("webhook"));
        Assert.StartsWith("key.missing", Assert.Throws<KeyMissingException>(() => keys.Text("webhook")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"data\":{\"data\":{\"value\":7}}}")]
    [InlineData("{\"data\":{\"data\":null}}")]
    [InlineData("<html>")]
    [InlineData("")]
    public void An_answer_that_is_no_entry_gives_no_key(string body)
    {
        vault.Body = body;

        Assert.False(keys.Has("records"));
    }

    [Fact]
    public void A_name_cannot_leave_the_path()
    {
        vault.Entries["records"] = "secret";

        Assert.False(keys.Has("../isthmus/records"));
        Assert.All(vault.Asked, path => Assert.StartsWith("/v1/secret/data/isthmus/", path, StringComparison.Ordinal));
    }

    [Fact]
    public void Many_who_need_a_key_at_once_ask_once()
    {
        vault.Entries["records"] = "00";

        // Threads of their own: those of the pool answer for the vault.
        var threads = Enumerable.Range(0, 16).Select(_ => new Thread(() => keys.Secret("records"))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Single(vault.Asked);
    }

    [Fact]
    public void What_the_source_shows_of_itself_has_no_secret_in_it()
    {
        vault.Entries["records"] = "00";
        keys.Secret("records");

        Assert.DoesNotContain("first", keys.ToString() + keys.Place, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        keys.Dispose();
        vault.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A vault as far as its key-value interface goes, which gives its entries to whoever has the token.</summary>
    private sealed class Vault : IDisposable
    {
        private readonly HttpListener listener = new();

        public Vault()
        {
            Address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
            listener.Prefixes.Add(Address.AbsoluteUri);
            listener.Start();
            _ = AnswerAsync();
        }

        public Uri Address { get; }

        public string Token { get; set; } = string.Empty;

        public string? Body { get; set; }

        public ConcurrentDictionary<string, string> Entries { get; } = new(StringComparer.Ordinal);

        public ConcurrentQueue<string> Asked { get; } = new();

        public void Dispose() => listener.Close();

        private async Task AnswerAsync()
        {
            while (true)
            {
                HttpListenerContext call;
                try
                {
                    call = await listener.GetContextAsync();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var path = call.Request.RawUrl!;
                Asked.Enqueue(path);
                var known = Entries.TryGetValue(path[(path.LastIndexOf('/') + 1)..], out var value);
                var allowed = call.Request.Headers["X-Vault-Token"] == Token;
                call.Response.StatusCode = allowed ? known || Body is not null ? 200 : 404 : 403;
                var body = Body ?? JsonSerializer.Serialize(new { data = new { data = new { value }, metadata = new { version = 1 } } });
                call.Response.Close(Encoding.UTF8.GetBytes(allowed ? body : "{\"errors\":[\"permission denied\"]}"), willBlock: true);
            }
        }
    }
}
