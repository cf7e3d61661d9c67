// A script reads a folder of the machine and writes to a folder in memory. It cannot access any other file.
using System.Text;
using Monty.Interop;

var folder = Directory.CreateTempSubdirectory("monty-sample-");
try
{
    await File.WriteAllTextAsync(Path.Combine(folder.FullName, "orders.csv"), "tea,3\nmilk,2\n");
    using var os = new MontyOs(
        new MontyOsOptions
        {
            Mounts = [MontyMount.ReadOnly(folder.FullName, "/data"), MontyMount.InMemory("/out", maxBytes: 1 << 20)],
            WorkingDirectory = "/data",
            Clock = MontyOsOptions.FixedClock(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero)),
        }
    );
    using var pool = new MontyPool();
    await pool.RunAsync(
        """
        from datetime import date
        from pathlib import Path
        lines = [line.split(',') for line in Path('orders.csv').read_text().splitlines()]
        with open('/out/report.txt', 'w') as report:
            report.write(f'{date.today()}: {sum(int(count) for item, count in lines)} items\n')
        for path in ['orders.csv', '../etc/passwd']:
            try:
                Path(path).write_text('')
            except OSError as error:
                print(error)
        """,
        new FeedOptions { Os = os, OnPrint = Console.Write }
    );
    var read = (ReturnAnswer)os.Answer(new MontyOsCall(OsFunction.ReadBytes, [new MontyPath("/out/report.txt")], 0));
    Console.Write(Encoding.UTF8.GetString(((MontyBytes)read.Value).Value.Span));
}
finally
{
    folder.Delete(recursive: true);
}
