namespace Monty.Load;

/// <summary>The command that started this process.</summary>
internal static class ParentProcess
{
    /// <summary>Ends this process as soon as the parent process has ended, which closes standard input.</summary>
    public static void EndWithIt()
    {
        // A thread of its own, because the read blocks, and a blocked thread of the thread pool would slow down the engine.
        var reader = new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                ;
            }

            Environment.Exit(3);
        })
        {
            IsBackground = true,
        };
        reader.Start();
    }
}
